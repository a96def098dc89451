import { expect } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eachPython, withFolder, writeFiles } from './support.ts';
