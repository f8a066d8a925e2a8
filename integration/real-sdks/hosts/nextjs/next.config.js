const isExternal = process.env.EXTERNAL === 'yes';

export default {
  ...(isExternal && { serverExternalPackages: ['otel-agent-cost'] }),
  distDir: isExternal ? '.next-external' : '.next-bundled',
  outputFileTracingRoot: import.meta.dirname,
  turbopack: { root: import.meta.dirname },
};
