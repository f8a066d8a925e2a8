import 'reflect-metadata';
import { Controller, Get, Module, Param, UseInterceptors } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import * as api from '@opentelemetry/api';
import { startSdk2 } from '../shared/sdk2.js';
import { checkTraces, loadServer, SpanKeeper } from '../shared/server-load.js';

const spans = new SpanKeeper();
await startSdk2({ api, load: (name) => import(name), processors: [spans] });
const { AskService } = await import('./ask.js');
const { TaskInterceptor } = await import('./task-interceptor.js');

// Decorators without a compiler.
class AskController {
  ask(request) {
    return AskService.ask(request);
  }
}
const ask = Object.getOwnPropertyDescriptor(AskController.prototype, 'ask');
Param('request')(AskController.prototype, 'ask', 0);
UseInterceptors(TaskInterceptor)(AskController.prototype, 'ask', ask);
Get(':request')(AskController.prototype, 'ask', ask);
Reflect.defineMetadata('design:paramtypes', [String], AskController.prototype, 'ask');
Controller('ask')(AskController);
class AppModule {}
Module({ controllers: [AskController] })(AppModule);

const app = await NestFactory.create(AppModule, { logger: ['error'] });
await app.listen(0, '127.0.0.1');
const tasks = await loadServer(`${await app.getUrl()}/ask`);
process.send({ tasks, checks: checkTraces(tasks, spans) }, () => process.exit(0));
