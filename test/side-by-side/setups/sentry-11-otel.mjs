import * as Sentry from "sentry-11";

Sentry.init({ dsn: process.env.SENTRY_DSN, tracesSampleRate: 1, enableOpenTelemetrySetup: true });
export const finish = () => Sentry.close(2000);
