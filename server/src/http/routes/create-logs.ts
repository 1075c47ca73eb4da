import type { FastifyInstance } from "fastify";
import { createLog } from "../../domain/create-log.ts";
import { toLogAnswer } from "../../domain/log-answer.ts";
import type { LogFields } from "../../domain/log-fields.ts";
import { type TargetQuery, toLogRequest } from "../../domain/log-request.ts";
import type { LogType } from "../../store/records.ts";
import { type ServerContext, write } from "../context.ts";
import { logBodies, targetQuery } from "../schemas/logs.ts";

const TYPES: readonly LogType[] = ["flow", "prompt", "tool"];

/** `POST /flows/log`, `/prompts/log` and `/tools/log`: one log each. */
export function addCreateLogRoutes(server: FastifyInstance, context: ServerContext): void {
  for (const type of TYPES) {
    const schema = {
      summary: `Log to a ${type}`,
      tags: ["logs"],
      querystring: targetQuery,
      body: logBodies[type],
    };
    server.post<{ Body: LogFields; Querystring: TargetQuery }>(
      `/${type}s/log`,
      { schema },
      async ({ body, query, projectId }) => {
        const request = toLogRequest(type, body, query);
        const log = await write(context, projectId, (session) => createLog(session, request));
        context.countLogs(1);
        return toLogAnswer(log, request);
      },
    );
  }
}
