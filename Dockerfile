# The image of a service: docker build --build-arg SERVICE=product .
ARG NODE_IMAGE=node:24.21.0-slim

# A bundle is plain JavaScript: it is made where the builder runs, whatever the platform of the image.
FROM --platform=$BUILDPLATFORM ${NODE_IMAGE} AS build
ARG SERVICE
WORKDIR /source
COPY package.json package-lock.json .npmrc ./
COPY packages packages
COPY services services
# Every change of a source installs the packages again: the builder keeps what is downloaded.
RUN --mount=type=cache,target=/root/.npm npm ci --workspace=@tandem/${SERVICE}
COPY tools/bundle tools/bundle
RUN node tools/bundle/src/main.ts ${SERVICE} bundle

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
