export default () => globalThis.gatewayTestTearDown();
