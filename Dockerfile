# The image of a service: docker build --build-arg SERVICE=product .
# The digest is the index of all platforms'; Dependabot keeps both up to date.
ARG NODE_IMAGE=node:24.21.0-slim@sha256:d6aa754f16b3197301076f047b5def2f02ea1dbbc2ca920407d46d7ec7f87b20

# A bundle is plain JavaScript: it is made where the builder runs, whatever the platform of the image.
FROM --platform=$BUILDPLATFORM ${NODE_IMAGE} AS build
ARG SERVICE
WORKDIR /source
COPY package.json package-lock.json .npmrc ./
COPY packages packages
COPY services services
COPY tools/bundle tools/bundle
# Every change of a source installs the packages again: the builder keeps what is downloaded.
RUN --mount=type=cache,target=/root/.npm npm ci --workspace=@tandem/${SERVICE} --workspace=@tandem/bundle
RUN node tools/bundle/src/main.ts --runs-as task ${SERVICE} bundle

FROM ${NODE_IMAGE}
WORKDIR /app
COPY --from=build /source/bundle ./
# `::` takes IPv4 as well.
ENV HOST=:: PORT=8080
# Of a task's 512 MB the heap may take 368 (three semi-spaces beside the old space: 64 MB each, unless told), code and
# Node.js itself take some 60, and 80 stay for buffers: it is collected before the kernel ends the task. Larger tasks
# are told more by the same reckoning (infra/src/context/environment.ts).
ENV NODE_OPTIONS="--max-old-space-size=320 --max-semi-space-size=16"
EXPOSE 8080
# Node's own user.
USER 1000
# ECS has health checks of its own, which may repeat this one.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 \
  CMD ["node", "--eval", "require('node:http').get({ port: process.env.PORT, path: '/health' }, ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"]
CMD ["node", "main.mjs"]
