FROM node:20-bookworm AS build
WORKDIR /uptower
COPY . .
RUN npm ci --no-audit --no-fund && npm run build && npm prune --omit=dev
# Of or-tools-wasm only CP-SAT for Node is used: 21 MB of 318.
RUN cd node_modules/or-tools-wasm/build/javascript && rm -rf wasm browser \
  && find node-wasm -type f \( ! -name 'cp_sat_runtime_node*' -o -name '*.map' \) -delete

FROM node:20-bookworm-slim
WORKDIR /uptower
COPY --from=build /uptower /uptower
ENV UPTOWER_HOST=0.0.0.0 UPTOWER_DATA_DIR=/data
VOLUME /data
EXPOSE 1883 8080
STOPSIGNAL SIGTERM
CMD ["node", "--max-semi-space-size=64", "app/dist/main.js", "serve"]
