import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import type { JWTHeaderParameters, JWTPayload } from 'jose';
import { z } from 'zod';
import { readConfig, serviceVariables } from '../config.ts';
import { authenticatorOf } from './auth-config.ts';

/*
 * Access tokens as their vendors document them, shortened by claims that are opaque or personal. Sources, by vendor:
 * Cognito: docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
 * Entra ID: learn.microsoft.com/entra/identity-platform/access-token-claims-reference, access-tokens (sample tokens)
 * Okta: developer.okta.com/docs/guides/customize-tokens-returned-from-okta, /docs/reference/api/oidc (access token payload)
 * Auth0: auth0.com/docs/secure/tokens/access-tokens/access-token-profiles, /docs/get-started/apis/enable-role-based-access-control-for-apis
 * Keycloak: www.keycloak.org/docs/latest/server_admin (audience and role mappers), tokens of its versions 23 and 26
 */
interface Sample {
  readonly name: string;
  /** The documented settings, as the environment of a service. */
  readonly settings: Readonly<Record<string, string>>;
  readonly header: Partial<JWTHeaderParameters>;
  readonly claims: JWTPayload;
  /** Whether the token grants `products:write`. */
  readonly isWriter: boolean;
}

const tenant = '72f988bf-86f1-41af-91ab-2d7cd011db47';
const entraApi = '6e74172b-be56-4843-9ff4-e66a39bb12e3';
const cognito = {
  settings: {
    AUTH_ISSUER: 'https://cognito-idp.us-west-2.amazonaws.com/us-west-2_example',
    AUTH_AUDIENCE: '1example23456789,2example23456789',
    AUTH_SCOPES: 'products:write=tandem/products:write,analytics:read=tandem/analytics:read',
  },
  header: { kid: '1234example=' },
  claims: {
    sub: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
    'cognito:groups': ['testgroup'],
    version: 2,
    client_id: '2example23456789',
    origin_jti: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
    event_id: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
    token_use: 'access',
    scope: 'phone openid profile tandem/products:write email',
    username: 'my-test-user',
  },
};
const entra = {
  settings: {
    AUTH_ISSUER: `https://login.microsoftonline.com/${tenant}/v2.0,https://sts.windows.net/${tenant}/`,
    AUTH_AUDIENCE: `${entraApi},api://${entraApi}`,
    AUTH_SCOPE_CLAIMS: 'scp,roles',
    AUTH_SCOPES: 'products:write=Products.Write',
  },
  header: { typ: 'JWT', kid: 'i6lGk3FZzxRcUb2C3nEQ7syHJlY' },
  claims: {
    aud: entraApi,
    iss: `https://login.microsoftonline.com/${tenant}/v2.0`,
    azp: 'b41d9e6f-0a83-4c25-91d7-5e8a4f60b3c2',
    azpacr: '0',
    oid: '690222be-ff1a-4d56-abd1-7e4f7d38e474',
    preferred_username: 'abeli@example.com',
    rh: 'I',
    scp: 'Products.Write Products.Read',
    sub: 'HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ',
    tid: tenant,
    uti: 'fqiBqXLPj0eQa82S-IYFAA',
    ver: '2.0',
  },
};
const okta = {
  settings: { AUTH_ISSUER: 'https://example.okta.com/oauth2/default', AUTH_AUDIENCE: 'api://default' },
  header: { kid: 'ZkvelLN_seik7w4pc_prCcfUf-h2hFfiwkDeCrs0iUc' },
  claims: {
    ver: 1,
    jti: 'AT.xtjhr8FeMkyMfgLiFzVYOYPbgqWdd6ONULT3ffeK7d4',
    aud: 'api://default',
    cid: '0oaosna3ilNxgPTmk0h7',
    uid: '00uixa271s6x7qt8I0h7',
    scp: ['openid', 'products:write'],
    sub: 'joe.smith@example.com',
  },
};
const auth0 = {
  settings: {
    AUTH_ISSUER: 'https://my-domain.auth0.com/',
    AUTH_AUDIENCE: 'https://shop.example.com/api',
    AUTH_SCOPE_CLAIMS: 'permissions',
  },
  header: { typ: 'JWT', kid: 'NjVBRjY5MDlCMUIwNzU4RTA2QzZFMDQ4QzQ2MDAyQjVDNjk1RTM2Qg' },
  claims: {
    sub: 'auth0|123456',
    aud: ['https://shop.example.com/api', 'https://my-domain.auth0.com/userinfo'],
    azp: 'my_client_id',
    scope: 'openid profile',
    permissions: ['products:write', 'analytics:read'],
  },
};
const keycloak = {
  settings: { AUTH_ISSUER: 'https://id.example.com/realms/shop', AUTH_AUDIENCE: 'tandem' },
  header: { typ: 'JWT', kid: 'nnniBrxL0qhG79pkF3ccQj_l0jDmxKrYYy2YLlEe1sA' },
  claims: {
    jti: 'd58f5dc8-fd8f-462b-8a19-716f8f83985b',
    aud: ['tandem', 'account'],
    sub: '36fa0f91-f94d-4a0c-afed-6b7d952e47da',
    typ: 'Bearer',
    azp: 'storefront',
    sid: '2a88c258-f73a-4103-b862-e1fbd8f4e04e',
    acr: '1',
    'allowed-origins': ['https://shop.example.com'],
    realm_access: { roles: ['offline_access', 'uma_authorization', 'catalog-editor'] },
    resource_access: { tandem: { roles: ['editor'] }, account: { roles: ['view-profile'] } },
    scope: 'openid email products:write',
  },
};
const byRole = (claim: string, role: string) => ({
  ...keycloak.settings,
  AUTH_SCOPE_CLAIMS: claim,
  AUTH_SCOPES: `products:write=${role}`,
});

const samples: Sample[] = [
  { name: 'Cognito (interop A4)', ...cognito, isWriter: true },
  {
    name: 'Cognito, of another app client',
    ...cognito,
    claims: { ...cognito.claims, client_id: '3example23456789' },
    isWriter: false,
  },
  {
    name: 'Cognito, bound to a resource',
    ...cognito,
    settings: { ...cognito.settings, AUTH_AUDIENCE: 'https://api.example.com' },
    claims: { ...cognito.claims, aud: 'https://api.example.com' },
    isWriter: true,
  },
  {
    name: 'Cognito, with the scope of another resource server',
    ...cognito,
    claims: { ...cognito.claims, scope: 'other/products:write products:write' },
    isWriter: false,
  },
  { name: 'Entra ID 2.0, of a user (interop A5)', ...entra, isWriter: true },
  {
    name: 'Entra ID 1.0, of a user',
    ...entra,
    header: { ...entra.header, x5t: entra.header.kid },
    claims: {
      ...entra.claims,
      aud: `api://${entraApi}`,
      iss: `https://sts.windows.net/${tenant}/`,
      appid: entra.claims.azp,
      appidacr: '0',
      amr: ['pwd'],
      ver: '1.0',
    },
    isWriter: true,
  },
  {
    name: 'Entra ID 2.0, of an application with an app role',
    ...entra,
    claims: { ...entra.claims, scp: undefined, idtyp: 'app', azpacr: '1', roles: ['Products.Write'] },
    isWriter: true,
  },
  {
    name: 'Entra ID 2.0, of another tenant',
    ...entra,
    claims: {
      ...entra.claims,
      iss: 'https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0',
    },
    isWriter: false,
  },
  { name: 'Okta (interop A5)', ...okta, isWriter: true },
  { name: 'Okta, without the scope', ...okta, claims: { ...okta.claims, scp: ['openid'] }, isWriter: false },
  { name: 'Auth0 with permissions (interop A5)', ...auth0, isWriter: true },
  {
    name: 'Auth0, permissions without the setting',
    ...auth0,
    settings: { ...auth0.settings, AUTH_SCOPE_CLAIMS: '' },
    isWriter: false,
  },
  {
    name: 'Auth0 in the profile of RFC 9068, of an application',
    settings: { ...auth0.settings, AUTH_SCOPE_CLAIMS: '' },
    header: { ...auth0.header, typ: 'at+jwt' },
    claims: {
      sub: 'my_client_id@clients',
      aud: 'https://shop.example.com/api',
      client_id: 'my_client_id',
      jti: '73WakrfVbNJBaAmhQtEeDv',
      scope: 'products:write',
    },
    isWriter: true,
  },
  { name: 'Keycloak with a client scope', ...keycloak, isWriter: true },
  {
    name: 'Keycloak before 24, which has a nonce',
    ...keycloak,
    claims: { ...keycloak.claims, nonce: 'e3b0c442-98fc-1c14-9afb-f4c8996fb924' },
    isWriter: true,
  },
  {
    name: 'Keycloak with a realm role',
    ...keycloak,
    settings: byRole('realm_access.roles', 'catalog-editor'),
    isWriter: true,
  },
  {
    name: 'Keycloak with a client role',
    ...keycloak,
    settings: byRole('resource_access.tandem.roles', 'editor'),
    isWriter: true,
  },
  {
    name: 'Keycloak with the role of another client',
    ...keycloak,
    settings: byRole('resource_access.account.roles', 'editor'),
    isWriter: false,
  },
  { name: 'Keycloak, ID token', ...keycloak, claims: { ...keycloak.claims, typ: 'ID' }, isWriter: false },
  {
    name: 'Keycloak without an audience mapper',
    ...keycloak,
    claims: { ...keycloak.claims, aud: 'account' },
    isWriter: false,
  },
];

const { publicKey, privateKey } = await generateKeyPair('RS256');
const variables = z.object(serviceVariables);

for (const { name, settings, header, claims, isWriter } of samples)
  test(`${name}: ${isWriter ? 'accepted' : 'rejected'} by configuration alone (security 15)`, async () => {
    const { kid = '' } = header;
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid, use: 'sig' }] };
    const config = readConfig(variables, {
      ...settings,
      AUTH_JWKS_URL: `data:application/json,${encodeURIComponent(JSON.stringify(jwks))}`,
    });
    const { authenticate } = authenticatorOf(config, { warn: () => assert.fail('a warning') });
    const now = Math.floor(Date.now() / 1000);
    const issuer = settings['AUTH_ISSUER']?.split(',')[0] ?? '';
    const token = await new SignJWT({
      iss: issuer,
      iat: now - 10,
      nbf: now - 10,
      exp: now + 3600,
      auth_time: now - 10,
      ...claims,
    })
      .setProtectedHeader({ alg: 'RS256', ...header })
      .sign(privateKey);
    const identity = await authenticate(`Bearer ${token}`).catch(() => undefined);
    assert.equal(identity?.scopes.has('products:write') ?? false, isWriter);
    if (isWriter) assert.equal(identity?.subject, claims.sub);
  });

test('keys that cannot be fetched are logged before known ones expire, with their cause (security 3)', async () => {
  const config = readConfig(variables, {
    AUTH_ISSUER: 'https://issuer.example',
    AUTH_AUDIENCE: 'tandem',
    AUTH_JWKS_URL: 'data:application/json,{"keys":[]}',
  });
  const warnings: unknown[][] = [];
  const { authenticate } = authenticatorOf(config, {
    warn: (...line: unknown[]) => void warnings.push(line),
  });
  await assert.rejects(authenticate('Bearer a.b.c'));
  await assert.rejects(authenticate('Bearer a.b.c'));
  assert.deepEqual(
    warnings.map(([fields, text]) => [String((fields as { err: unknown }).err), text]),
    [['Error: The issuer has published no keys', "issuer's keys not fetched"]],
  );
});
