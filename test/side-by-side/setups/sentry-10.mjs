import * as Sentry from "sentry-10";

Sentry.init({ dsn: process.env.SENTRY_DSN, tracesSampleRate: 1 });
export const finish = () => Sentry.close(2000);
