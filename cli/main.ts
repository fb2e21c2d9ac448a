#!/usr/bin/env node
import { createProgram } from './create-program';
import { reportFailure } from './run-command';

createProgram().parseAsync().catch(reportFailure);
