import { trace } from '@opentelemetry/api';
import type { CostSpanProcessor } from '../processor/processor.js';
import { anotherRuntimeWaits } from '../runtime/current-runtime.js';
import { notice } from './notice.js';
import { loadPackage, type PackageFinder } from './packages.js';

type Api = typeof import('@opentelemetry/api');

const LINE_TO_ADD = 'spanProcessors: [new CostSpanProcessor(), yourProcessor]';

/** Reports that the app had already registered a provider. */
export function tellEarlierProvider(): void {
  notice(`a tracer provider is already registered, so nothing was added. Add to it: ${LINE_TO_ADD}`);
}

/**
 * Detects a provider that the app registers later. A provider bundled with its own copy of the API is not detected.
 */
export class LaterProviderWatch {
  seen = false;

  constructor(
    packages: PackageFinder,
    private readonly processor: CostSpanProcessor,
  ) {
    const appFile = packages.find('@opentelemetry/api');
    const copies = new Set([trace]);
    if (appFile !== undefined) copies.add(loadPackage<Api>(appFile).trace);
    for (const api of copies) {
      const register = api.setGlobalTracerProvider;
      api.setGlobalTracerProvider = (provider) => {
        const tookEffect = register.call(api, provider);
        this.notice(tookEffect);
        return tookEffect;
      };
    }
  }

  /**
   * The API keeps the first registered provider, which may not be the one of this package: without an SDK, this package
   * registers none.
   */
  private notice(tookEffect: boolean): void {
    if (this.seen) return;
    this.seen = true;
    const registered = 'the app registered a tracer provider of its own';
    if (!tookEffect) {
      notice(
        `${registered}, which has no effect: that of otel-agent-cost/register came first and receives the spans. ` +
          `Start without it and add to yours: ${LINE_TO_ADD}`,
      );
    } else if (anotherRuntimeWaits()) {
      void this.processor.shutdown();
    } else {
      notice(`${registered}. Add to it: ${LINE_TO_ADD}`);
    }
  }
}
