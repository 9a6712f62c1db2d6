FROM node:20-bookworm AS build
WORKDIR /uptower
COPY . .
RUN npm ci --no-audit --no-fund && npm run build && npm prune --omit=dev

FROM node:20-bookworm-slim
WORKDIR /uptower
COPY --from=build /uptower /uptower
ENV UPTOWER_HOST=0.0.0.0 UPTOWER_DATA_DIR=/data
VOLUME /data
EXPOSE 1883 8080
STOPSIGNAL SIGTERM
CMD ["node", "--max-semi-space-size=64", "app/dist/main.js", "serve"]
