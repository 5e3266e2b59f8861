// Guarantee: no certificate can send the gateway to its own machine or network.
import { describe, expect, it } from '@jest/globals';

import { isPublicAddress } from '../../src/freshness/addresses.ts';

describe('an address that is not public', () => {
  it.each([
    '127.0.0.1', '127.255.255.254', '0.0.0.0', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254', '100.64.0.1', '192.0.0.8', '198.18.0.1',
    '203.0.113.5', '224.0.0.1', '255.255.255.255', '::1', '::', 'fe80::1', 'fc00::1', 'fd12:3456::1', 'ff02::1', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '64:ff9b::a00:1',
    '2001:db8::1', '2001:0:1::1', '2002:7f00:1::1', '100::1', 'localhost', '', '127.1', 'fe80::1%eth0',
  ])('%s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('a public address', () => {
  it.each(['8.8.8.8', '172.15.255.255', '172.32.0.1', '100.63.255.255', '192.169.0.1', '203.162.4.190', '2001:dc8::1', '2404:6800:4003::1', '2a00:1450::1'])('%s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});
