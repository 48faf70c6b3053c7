# The image of the Home Assistant app (add-on), and of docker-compose.yml without it. script/image builds, runs and measures it.

# The panel, made by the packages of development.
FROM docker.io/library/node:24-trixie-slim AS panel
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY script/install.sh script/
RUN bash -c '. script/install.sh && install_packages'
COPY script/build-panel script/
COPY tsconfig.json ./
COPY src/base src/base
COPY src/contract src/contract
COPY panel panel
RUN script/build-panel

# The npm packages that GoSIP runs with. Not needed in the image: the Node.js that npm brings to machines without one, programs of other
# systems, sources, and what only compilers read.
FROM docker.io/library/node:24-trixie-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund --loglevel=error \
  && rm -rf node_modules/node-linux-* node_modules/.bin node_modules/better-sqlite3/deps node_modules/better-sqlite3/src \
  && find node_modules/better-sqlite3/prebuilds -type f ! -name "linux-$(node -p process.arch).node" -delete \
  && find node_modules -type f \( -name '*.map' -o -name '*.ts' -o -name '*.mts' -o -name '*.cts' \) -delete

# Debian with the programs that GoSIP starts: the media relay, and the voice of announcements. What only installs programs goes, and so does
# what the relay's libraries would need for pictures and old alphabets.
FROM docker.io/library/node:24-trixie-slim AS system
RUN printf 'path-exclude /usr/share/%s/*\n' doc man info locale lintian >/etc/dpkg/dpkg.cfg.d/gosip \
  && printf 'path-include /usr/share/doc/*/copyright\n' >>/etc/dpkg/dpkg.cfg.d/gosip \
  && apt-get update -qq \
  && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends rtpengine-daemon espeak-ng binutils >/dev/null \
  && strip --strip-unneeded /usr/local/bin/node \
  && apt-get purge -y -qq --auto-remove binutils >/dev/null \
  && groupadd --gid 5060 gosip \
  && useradd --uid 5060 --gid gosip --home-dir /data --no-create-home --shell /usr/sbin/nologin gosip \
  && dpkg --purge --force-remove-essential --force-depends apt perl-base >/dev/null 2>&1 \
  && find /usr/local/bin -mindepth 1 ! -name node -delete \
  && find /usr/share/doc -mindepth 1 -type f ! -name copyright -delete \
  && rm -rf /usr/local/lib/node_modules /usr/local/include /opt/yarn* /usr/lib/*/gconv \
    /usr/share/fonts /usr/share/info /usr/share/locale /usr/share/man /usr/share/mime \
    /var/lib/apt /var/cache/* /var/log/* /tmp/*

# One layer of it, so that what was removed is not downloaded all the same.
FROM scratch
ARG BUILD_ARCH
ARG BUILD_VERSION
LABEL io.hass.type="app" io.hass.arch="${BUILD_ARCH}" io.hass.version="${BUILD_VERSION}"
LABEL org.opencontainers.image.title="GoSIP" org.opencontainers.image.source="https://github.com/gosip/gosip" org.opencontainers.image.licenses="MIT" org.opencontainers.image.version="${BUILD_VERSION}"
COPY --from=system / /
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 NODE_ENV=production GOSIP_DATA_DIRECTORY=/data
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY addon/rootfs /
COPY package.json LICENSE CHANGELOG.md ./
COPY src src
COPY --from=panel /app/panel/dist panel/dist
COPY blueprints blueprints
# What Node.js compiled is kept across restarts, but not in the image: it is of one processor.
RUN ln -s /data/compile-cache node_modules/.cache && mkdir /data
# Healthy means that phones can register and call: it asks nothing outside this machine.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["node", "/usr/local/bin/gosip-health.mjs"]
CMD ["gosip"]
