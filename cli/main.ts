#!/usr/bin/env node
import { createProgram } from './create-program';
import { reportFailure } from './run-command';

/** Rotor runs on Node 20 by decision; the AWS SDK's reminder would stand beside every command's own line. */
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

createProgram().parseAsync().catch(reportFailure);
