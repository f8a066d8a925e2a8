/**
 * The doors of a stream: each object through which the app may take its data, such as an iterator or a reader. The app
 * may use several of them, and one may read through another.
 *
 * Example: a stream of an SDK has `getReader()`, and an iterator of its own that calls it. Both are doors. Every chunk
 * passes the reader first and then the iterator, and is reported once; the iterator decides when the stream is over.
 */

import { isObject } from './patch.js';

/** Receives the events of a stream's parts. */
export interface StreamSink {
  run<R>(step: () => R): R;
  chunk(chunk: unknown): void;
  /** Ends with a value. Returns the value to pass on in its place. */
  returned(value: unknown): unknown;
  streamed(): void;
  stopped(): void;
  failed(error: unknown): void;
  /** Called around each step, for sinks that must know whether one is running. */
  stepBegins?(): void;
  stepEnds?(): void;
}

/**
 * The last chunks to compare with. A chunk that two doors deliver passes both within a few chunks, unless a loop starts
 * over.
 */
const MAX_RECENT_CHUNKS = 16;

/** The doors of all streams in one call's result. */
export class Reading {
  /**
   * While one door delivers all chunks: that door and the last chunks. Recording the door of each chunk would take
   * longer than everything else here.
   */
  private onlyDoor: Door | undefined;
  private recent: object[] = [];
  private deliveries = 0;
  /** With several doors: the one that first delivered a chunk. */
  private firstDoors: WeakMap<object, Door> | undefined;
  /** Objects that are already followed: an iterator or a stream may be returned more than once. */
  readonly followed = new WeakSet<object>();
  /** The door whose step is running now. It reads the door that is opened meanwhile. */
  running: Door | undefined;

  /** False for a chunk that another door has delivered. One door may deliver an object again, changed. */
  isFirst(chunk: object, door: Door): boolean {
    this.onlyDoor ??= door;
    if (this.firstDoors === undefined && this.onlyDoor === door) {
      this.recent[this.deliveries++ % MAX_RECENT_CHUNKS] = chunk;
      return true;
    }
    this.firstDoors ??= new WeakMap();
    for (const earlier of this.recent) this.firstDoors.set(earlier, this.onlyDoor);
    this.forget();
    const first = this.firstDoors.get(chunk) ?? door;
    this.firstDoors.set(chunk, first);
    return first === door;
  }

  /** Releases the last chunks: they are content. */
  forget(): void {
    this.recent = [];
    this.deliveries = 0;
  }
}

/**
 * State shared by the branches of one stream: each chunk is reported once, and the last cancelled branch ends the
 * work.
 */
class Source {
  openBranches = 0;
  /** Number of chunks reported so far. */
  position = 0;
  /** True if it has several branches, which deliver the same chunks in the same order. */
  isSplit = false;

  constructor(
    readonly sink: StreamSink,
    readonly reading: Reading,
    /** False if a `tee()` branch that has not been read yet counts as cancelled. */
    readonly idleBranchesCount: boolean,
  ) {}
}

/** A stream, or one of the two that its `tee()` has made of it. */
export class Branch {
  private isOpen = false;
  private isCancelled = false;
  /** Number of doors opened so far. */
  doors = 0;
  /** Steps of its doors that have not been answered yet. */
  pendingSteps = 0;

  private constructor(
    readonly source: Source,
    public position: number,
  ) {}

  static of(sink: StreamSink, reading: Reading, idleBranchesCount = true): Branch {
    return new Branch(new Source(sink, reading, idleBranchesCount), 0);
  }

  /** Opens a door. */
  door(): Door {
    this.open();
    this.doors++;
    return new Door(this, this.source.reading.running);
  }

  get sink(): StreamSink {
    return this.source.sink;
  }

  open(): void {
    if (this.isOpen) return;
    this.isOpen = true;
    this.source.openBranches++;
  }

  /** The stream is cancelled, by its consumer or by a door that reads it and has not ended yet. */
  cancelled(): void {
    if (this.pendingSteps === 0) this.stopped();
  }

  stopped(): void {
    if (this.isCancelled) return;
    this.open();
    this.isCancelled = true;
    this.source.openBranches--;
    if (this.source.openBranches === 0) this.source.sink.stopped();
  }

  /** Splits the branch in two. This one continues as the second branch. */
  split(): Branch {
    this.source.isSplit = true;
    const first = new Branch(this.source, this.position);
    first.open();
    if (this.source.idleBranchesCount) this.open();
    return first;
  }
}

/**
 * The cause of a step that ends the data: the data itself, with the result in `value` (`own`) or without one (`data`),
 * or the consumer.
 */
export type Ending = 'own' | 'consumer' | 'data';

export class Door {
  private position: number;
  /** Its own steps and those of doors that it reads. */
  private pendingSteps = 0;
  private isCancelled = false;
  private isClosed = false;
  /** True once a door that this one reads has delivered objects: the chunks of this door are made of them. */
  private repeatsInner = false;

  constructor(
    private readonly branch: Branch,
    /** The door that reads this one. */
    private readonly outer: Door | undefined,
  ) {
    this.position = branch.position;
  }

  /** Runs one step: a `next`, `return` or `throw` of an iterator, a `read` of a reader, or the creation of one. */
  run<R>(step: () => R): R {
    const { sink, reading } = this.branch.source;
    const around = reading.running;
    reading.running = this;
    try {
      return sink.run(step);
    } finally {
      reading.running = around;
    }
  }

  /** Marks an object that is read through this door. */
  follows(object: object): void {
    this.branch.source.reading.followed.add(object);
  }

  stepBegins(): void {
    this.countStep(1);
    this.branch.sink.stepBegins?.();
  }

  stepEnds(): void {
    this.countStep(-1);
    this.branch.sink.stepEnds?.();
  }

  private countStep(by: 1 | -1): void {
    this.branch.pendingSteps += by;
    for (let at: Door | undefined = this; at?.branch === this.branch; at = at.outer) at.pendingSteps += by;
  }

  /**
   * Chunks of branches, strings and bytes are compared by their position, because `tee()` may copy bytes. Objects are
   * compared by identity: two loops may share a queue.
   */
  chunk(chunk: unknown): void {
    const { branch } = this;
    const { source } = branch;
    this.position++;
    if (this.position > branch.position) branch.position = this.position;
    const isBeyond = branch.position > source.position;
    if (isBeyond) source.position = branch.position;
    const isNew = source.isSplit || !carriesFacts(chunk) ? isBeyond : this.isFirstToDeliver(chunk);
    if (isNew) source.sink.chunk(chunk);
  }

  private isFirstToDeliver(chunk: object): boolean {
    for (let at = this.reader; at !== undefined; at = at.reader) at.repeatsInner = true;
    return !this.repeatsInner && this.branch.source.reading.isFirst(chunk, this);
  }

  /** The data has ended. Returns the value to pass on in place of the result `value`. */
  ended(how: Ending, value: unknown): unknown {
    if (this.isInside) return value;
    this.branch.source.reading.forget();
    if (how === 'consumer' || this.isCancelled) this.branch.stopped();
    else if (how === 'own' && value !== undefined) return this.branch.sink.returned(value);
    else this.branch.sink.streamed();
    return value;
  }

  failed(error: unknown): void {
    // The reader was released before its pending read was answered. The stream itself continues.
    if (this.isClosed || this.isInside) return;
    this.branch.sink.failed(error);
  }

  /** The consumer has cancelled. A read that is pending is then answered as if the data had ended. */
  cancelled(): void {
    this.isCancelled = true;
    if (!this.isInside) this.branch.stopped();
  }

  /** Nothing more passes through this door, or it cannot be followed. */
  close(): void {
    this.isClosed = true;
  }

  /**
   * True while another door reads through this one: the other door decides the end, and may still have chunks to
   * deliver.
   */
  private get isInside(): boolean {
    return this.reader !== undefined || this.branch.pendingSteps > this.pendingSteps;
  }

  private get reader(): Door | undefined {
    return this.outer?.isClosed === false ? this.outer : undefined;
  }
}

function carriesFacts(chunk: unknown): chunk is object {
  return isObject(chunk) && !ArrayBuffer.isView(chunk);
}
