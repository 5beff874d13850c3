# One image for web, worker and release; the command says which (see Procfile).
FROM python:3.13-slim AS build
ENV PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
RUN python -m venv /venv
COPY requirements.txt .
RUN /venv/bin/pip install --require-hashes -r requirements.txt
COPY . .
# The hashed names of static files are made once; no database and no real secret is needed for it.
RUN SECRET_KEY=build FIELD_ENCRYPTION_KEYS=build EMAIL_HOST=build /venv/bin/python manage.py collectstatic --noinput

FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DEBTFLOW_DATA=/data
RUN useradd --system --create-home --uid 10001 debtflow && install -d -o debtflow /data
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f\"http://127.0.0.1:{os.environ.get('PORT', '8000')}/health/\", timeout=2)"]
CMD ["gunicorn", "debtflow.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "2", "--max-requests", "20000", "--max-requests-jitter", "2000", "--no-control-socket"]
