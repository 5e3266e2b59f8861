# The gateway (and, with another command, the reference backend) in one image: built with everything, run with what is needed, not as root.
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY migrations migrations
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:22-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json ./
COPY schemas schemas
# The tables, and the sources of the judge: a rule set is named by both.
COPY src src
USER node
ENV GATEWAY_LISTEN_HOST=0.0.0.0
EXPOSE 8443
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "dist/src/http/health-check.js"]
CMD ["node", "dist/src/main.js"]
