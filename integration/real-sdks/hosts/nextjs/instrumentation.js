export async function register() {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { startSdk } = await import('./sdk.js');
  startSdk();
}
