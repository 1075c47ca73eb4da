import * as Sentry from "sentry-10";

Sentry.init({
  dsn: process.env.SENTRY_DSN,
  tracesSampleRate: 1,
  openTelemetryBasicTracerProvider: true,
});
export const finish = () => Sentry.close(2000);
