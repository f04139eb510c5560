# All built-in gyms in one image that speaks the benchmark's HTTP contract: seeding, MCP, SQL runner.
#
#   docker build -t eog-tui-gyms .
#   eog-tui gym up itsm csm --image eog-tui-gyms        (or: docker run -p 127.0.0.1:8006:8005 -e EOG_GYM=itsm eog-tui-gyms)
FROM python:3.12-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE CHANGELOG.md ./
COPY engine engine
COPY eog_tui eog_tui
COPY gym_dbs gym_dbs
RUN python -m venv /opt/eog-tui && /opt/eog-tui/bin/pip install --no-cache-dir .

FROM python:3.12-slim
COPY --from=build /opt/eog-tui /opt/eog-tui
# Databases live in memory: nothing needs to be written, and nothing of them outlives the container.
RUN useradd --system --home-dir /nonexistent eog
USER eog
ENV PATH=/opt/eog-tui/bin:$PATH PYTHONDONTWRITEBYTECODE=1 \
    EOG_GYM=itsm EOG_GYM_PORT=8005
EXPOSE 8005
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s \
    CMD python -c "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['EOG_GYM_PORT'] + '/health')"
# Which gym, and where it listens, come from EOG_GYM and EOG_GYM_PORT; publish it on loopback, since nobody logs in.
CMD ["eog-tui", "gym", "serve", "--host", "0.0.0.0"]
