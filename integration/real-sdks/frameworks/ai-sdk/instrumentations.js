import { registerTelemetry } from 'ai7';

const register = async (className) => {
  const otel = await import('@ai-sdk/otel');
  registerTelemetry(new otel[className]());
};

export const INSTRUMENTS = {
  // 5 and 6 are told in each call.
  'ai5-telemetry': () => {},
  'ai6-telemetry': () => {},
  'ai7-otel': () => register('OpenTelemetry'),
  'ai7-otel-legacy': () => register('LegacyOpenTelemetry'),
};
