import { flow, prompt, tool } from "../../src/index.ts";

/**
 * Decorators of the TC39 standard on everything that they can stand on. Each compiler makes a
 * module of it, whose `main` is called, see `run.mjs`.
 */
interface MethodContext {
  readonly addInitializer: (initializer: (this: unknown) => void) => void;
  readonly name: string | symbol;
}

/** Somebody else's decorator that replaces the function. */
function doubled<This>(method: (this: This, n: number) => number, _context: MethodContext) {
  return function (this: This, n: number): number {
    return 2 * method.call(this, n);
  };
}

/** Somebody else's decorator that binds the method to each instance. */
function bound(_method: (n: number) => unknown, { addInitializer, name }: MethodContext): void {
  addInitializer(function (this: unknown) {
    const self = this as Record<string | symbol, CallableFunction>;
    self[name] = self[name]!.bind(self);
  });
}

const shape = Symbol("shape");
const computed = "computed";

class Agent {
  static #built = 0;
  static ready: boolean;
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
  static {
    Agent.ready = true;
  }

  @flow() async run(question: string): Promise<string> {
    return `${this.name}: ${this.answer(question)}${this.unnamed(1)}`;
  }
  @prompt("support/answer") answer(question: string): string {
    return this.#secret(question);
  }
  @tool #secret(text: string): string {
    return text.toUpperCase();
  }
  @tool({ path: "named/by-option", inputs: ["n"] }) unnamed(n: number): number {
    return n;
  }
  @flow({ output: false }) static build(name: string): Agent {
    Agent.#count(1);
    return new Agent(name);
  }
  @tool static #count(by: number): number {
    Agent.#built += by;
    return Agent.#built;
  }
  @flow accessor later = async (n: number) => n + 1;
  @flow static accessor shared = (n: number) => n + 2;
  @flow accessor unset: ((n: number) => number) | undefined;
  @tool accessor #hidden = (n: number) => n + 3;
  @tool arrow = (n: number) => `${this.name}${n}`;
  @tool static field = (n: number) => n + 4;
  @tool #privateField = (n: number) => n + 5;
  @tool [shape](n: number): number {
    return n;
  }
  @tool [computed](n: number): number {
    return n;
  }
  callHidden(n: number): number {
    return this.#hidden(n) + this.#privateField(n);
  }
  @flow *count(to: number): Generator<number> {
    for (let n = 1; n <= to; n++) yield n;
  }
  @flow async *stream(to: number): AsyncGenerator<number> {
    for (let n = 1; n <= to; n++) yield n;
  }
  @flow @tool both(n: number): number {
    return n;
  }
  @doubled @tool below(n: number): number {
    return n;
  }
  @tool @doubled above(n: number): number {
    return n;
  }
  @bound @tool boundAbove(n: number): string {
    return `${this.name}${n}`;
  }
}

class Special extends Agent {
  @flow() override async run(question: string): Promise<string> {
    return `special ${await super.run(question)}`;
  }
}

@flow("shop")
class Shop {
  sell(what: string): string {
    return `${what} for ${this.price}`;
  }
  @tool("own/path") own(n: number): number {
    return n;
  }
  @doubled others(n: number): number {
    return n;
  }
  get price(): number {
    return 9;
  }
  static open(): Shop {
    return new Shop();
  }
}

@tool({ only: ["a", "b"], except: ["b"] })
class Narrow {
  a(): void {}
  b(): void {}
  c(): void {}
}

@flow
class Bare {
  run(): string {
    return Bare.name;
  }
}

const Expression = class Named {
  @flow run(): string {
    return Named.name;
  }
};

const Assigned = class {
  @flow run(): void {}
};

function mixin(base: typeof Shop) {
  return class extends base {
    @flow mixed(n: number): number {
      return n;
    }
  };
}
class WithMixin extends mixin(Shop) {}

/** Calls everything and gives what came back. */
export async function main(): Promise<unknown[]> {
  const agent = Agent.build("a");
  const special = new Special("s");
  const { arrow, boundAbove } = agent;
  agent.unset = (n) => n * 10;
  const streamed: number[] = [];
  for await (const n of agent.stream(2)) streamed.push(n);
  const shop = Shop.open();
  const narrow = new Narrow();
  narrow.a();
  narrow.b();
  narrow.c();
  return [
    Agent.ready,
    await agent.run("hi"),
    await special.run("hi"),
    await agent.later(1),
    await special.later(1),
    Agent.shared(1),
    agent.unset(2),
    arrow(5),
    special.arrow(5),
    Agent.field(1),
    special[shape](1),
    special.callHidden(1),
    agent[computed](1),
    [...agent.count(2)],
    streamed,
    special.both(1),
    special.below(1),
    agent.above(1),
    boundAbove(6),
    shop instanceof Shop,
    shop.sell("tea"),
    shop.own(1),
    shop.others(1),
    new Bare().run(),
    new Expression().run(),
    new Assigned().run(),
    new WithMixin().mixed(1),
    [agent.run.name, agent.run.length, Agent.build.name, Shop.name, Shop.length],
    await Promise.all([agent.run("x"), agent.run("y")]),
  ];
}

/** Each defines a class that a decorator refuses. */
export const refused: readonly (() => unknown)[] = [
  () =>
    class {
      // @ts-expect-error the types refuse it as well
      @flow get price(): number {
        return 1;
      }
    },
  () =>
    class {
      // @ts-expect-error the types refuse it as well
      @prompt("p") set price(_to: number) {}
    },
  () => {
    @tool({ only: ["sel"] })
    class Misspelt {
      sell(): void {}
    }
    return Misspelt;
  },
];
