/** Files of a release, relative to its directory. */
export const files = {
  /** Cloud assembly of all stages, which `cdk deploy --app` deploys without running the program that made it. */
  assembly: 'assembly',
  /** Command line of the CDK, which has no dependencies. */
  cdk: 'cdk/bin/cdk',
  deploy: 'deploy.mjs',
  smoke: 'smoke.mjs',
  /** Its images: references by digest, by service. */
  images: 'images.json',
} as const;
