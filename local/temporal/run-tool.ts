import { rm } from 'node:fs/promises';
import path from 'node:path';
import { CannotStartError, lastLines, serverEnvironment, waitUntil, type ProcessExit } from '../supervisor';
import { type Workshop } from './workshop';

/** A program that does one long piece of work and ends. */
export interface Tool {
  /** Its name, for its log. */
  name: string;
  /** What it does, for the operator: "building …". */
  task: string;
  /** The program. */
  command: string;
  /** Its arguments. */
  args: readonly string[];
  /** What it may see of the operator's environment. @defaultValue nothing */
  env?: Readonly<Record<string, string>>;
  /** After this time it is ended. */
  limitMs: number;
}

/** How the work ended; the reason is one line. */
export type ToolOutcome = { ok: true } | { ok: false; reason: string; output: string };

const PROGRESS_EVERY_S = 10;

/** Does one piece of work in the workshop and tells the operator every ten seconds how long it has taken. */
export async function runTool(workshop: Workshop, tool: Tool): Promise<ToolOutcome> {
  const logFile = path.join(workshop.cache.workshop, `${tool.name}.log`);
  await rm(logFile, { force: true });
  try {
    const reason = await runToEnd(workshop, { ...tool, logFile });
    if (reason === undefined) return { ok: true };
    const output = await lastLines(logFile);
    return { ok: false, output, reason: `${reason}: ${inOneLine(output)} (all of it in ${logFile})` };
  } catch (error) {
    if (error instanceof CannotStartError) return { ok: false, output: '', reason: error.reason };
    throw error;
  }
}

/** Resolves with why it failed; with undefined when it has not. */
async function runToEnd(workshop: Workshop, tool: Tool & { logFile: string }): Promise<string | undefined> {
  const { task, limitMs, env, ...program } = tool;
  const running = await workshop.supervisor.start({ ...program, env: serverEnvironment(env) });
  const started = performance.now();
  let exit: ProcessExit | undefined;
  void running.exited.then((how) => {
    exit = how;
  });
  let told = 0;
  const tellAndLook = (): boolean => {
    const seconds = Math.floor((performance.now() - started) / 1_000);
    if (seconds >= told + PROGRESS_EVERY_S) workshop.onProgress(`${task}: ${(told = seconds)} s`);
    return exit !== undefined;
  };
  const isInTime = await waitUntil(tellAndLook, { limitMs, everyMs: 100 });
  await running.stop();
  return isInTime ? whyFailed(await running.exited) : `given up after ${limitMs / 60_000} minutes`;
}

function whyFailed({ code, signal }: ProcessExit): string | undefined {
  return code === 0 ? undefined : `ended with ${signal ?? `exit code ${code ?? 'unknown'}`}`;
}

function inOneLine(text: string): string {
  return text.split('\n').slice(-4).join(' | ').slice(-400);
}
