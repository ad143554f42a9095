// Debian's Chromium through playwright-core, both put in place by install.sh.
import { createRequire } from 'node:module';
import path from 'node:path';

const tools = process.env.JOBSD_BROWSER_TOOLS ?? path.resolve(import.meta.dirname, '../../target/browser-tools');
const require = createRequire(path.join(tools, 'package.json'));
export const axeSource = () => require('fs').readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
export const chromium = () => require('playwright-core').chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
