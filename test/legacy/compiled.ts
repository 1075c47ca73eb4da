import { flow, prompt, tool } from "../../src/index.ts";

/**
 * Decorators under `experimentalDecorators` on everything that they can stand on there. The
 * compilers' check makes modules of it, see `test/compilers`.
 */
type NumberMethod = TypedPropertyDescriptor<(n: number) => number>;

/** Somebody else's decorator that replaces the function. */
function doubled(_target: object, _name: string | symbol, descriptor: NumberMethod): NumberMethod {
  const method = descriptor.value!;
  return {
    ...descriptor,
    value(this: unknown, n: number) {
      return 2 * method.call(this, n);
    },
  };
}

/** Somebody else's decorator that binds the method when it is first read. */
function bound(_target: object, name: string | symbol, descriptor: NumberMethod): NumberMethod {
  const method = descriptor.value!;
  return {
    configurable: true,
    get(this: object) {
      const value = method.bind(this);
      Object.defineProperty(this, name, { configurable: true, writable: true, value });
      return value;
    },
  };
}

const shape = Symbol("shape");
const computed = "computed";

class Agent {
  static ready = false;
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
    return this.secret(question);
  }
  @tool private secret(text: string): string {
    return text.toUpperCase();
  }
  @tool({ path: "named/by-option", inputs: ["n"] }) unnamed(n: number): number {
    return n;
  }
  @flow({ output: false }) static build(name: string): Agent {
    return new Agent(name);
  }
  @tool public [shape](n: number): number {
    return n;
  }
  @tool public [computed](n: number): number {
    return n;
  }
  @tool 7(n: number): number {
    return n;
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
  @bound @tool boundAbove(n: number): number {
    return n + this.name.length;
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

/** Calls everything and gives what came back. */
export async function main(): Promise<unknown[]> {
  const agent = Agent.build("a");
  const special = new Special("s");
  const { boundAbove, answer } = agent;
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
    answer.call(agent, "ho"),
    special[shape](1),
    agent[computed](1),
    special[7](1),
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
    [agent.run.name, agent.run.length, Agent.build.name, Shop.name, Shop.length],
    await Promise.all([agent.run("x"), agent.run("y")]),
  ];
}

/** Each defines a class that a decorator refuses. */
export const refused: readonly (() => unknown)[] = [
  () => {
    class Refused {
      // @ts-expect-error the types refuse it as well
      @flow get price(): number {
        return 1;
      }
    }
    return Refused;
  },
  () => {
    class Refused {
      // @ts-expect-error the types refuse it as well
      @flow("x") run = () => 1;
    }
    return Refused;
  },
  () => {
    @tool({ only: ["sel"] })
    class Misspelt {
      sell(): void {}
    }
    return Misspelt;
  },
];
