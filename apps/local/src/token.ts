import { readArguments, runCommand, usageError } from '@tandem/cli/command';
import { mintToken } from '@tandem/emulators/issuer';

const help = `Prints a JWT for a local system of this checkout, valid for one hour.

  npm run -s token -- [--sub USER] [--scope "products:write …"]

  --sub USER      subject, the user's id (default: demo)
  --scope SCOPES  scopes, separated by spaces (default: none); products:write allows changes to the catalog,
                  orders:read all orders and holds, analytics:read the figures, operator the console's actions
`;

await runCommand(async () => {
  const { values } = readArguments({
    help,
    options: { sub: { type: 'string', default: 'demo' }, scope: { type: 'string', default: '' } },
  });
  if (values.sub.trim() === '') throw usageError('--sub needs a user id');
  const scopes = values.scope.split(/\s+/).filter((scope) => scope !== '');
  process.stdout.write(`${await mintToken({ subject: values.sub, scopes })}\n`);
  return 0;
});
