#!/usr/bin/env node
import { start } from './start.ts';

await start(['convert', ...process.argv.slice(2)]);
