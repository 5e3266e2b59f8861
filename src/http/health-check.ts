// The container's health check: exits 0 when the gateway on this machine says that it is ready. The certificate is not checked, because it is
// the process beside us that is asked, under a name that its certificate need not have.
import { request } from 'node:https';

import { currentEnvironment } from '../config.ts';

const port = currentEnvironment()['GATEWAY_LISTEN_PORT'] ?? '8443';
const asking = request({ host: '127.0.0.1', port, path: '/health/ready', rejectUnauthorized: false, timeout: 2_500 }, (response) => {
  process.exitCode = response.statusCode === 200 ? 0 : 1;
  response.resume();
});
asking.on('timeout', () => asking.destroy(new Error('no answer')));
asking.on('error', () => { process.exitCode = 1; });
asking.end();
