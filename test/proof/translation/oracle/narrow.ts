import { antlr, type Network, type Parser, plsql, type State, type Transition } from './antlr.js';

const [plain, call, set] = [1, 3, 7];

/**
 * The same grammar as seen from one of its rules, for a parser that starts there. What that rule never leads to is not looked at
 * when the parser asks what may follow, and a rule that is one word of many is looked at as a set of words: the same
 * texts are read in the same way, in a tenth of the time.
 */
export function narrowedTo(rule: number): (parser: Parser) => void {
  const network = new antlr.ATNDeserializer().deserialize(plsql.Parser._serializedATN);
  const used = reachedFrom(rule, network);
  for (const stop of network.ruleToStopState) {
    stop.transitions = stop.transitions.filter(({ target }) => used.has(target.ruleIndex));
    // What nothing follows is followed by the end of the text.
    stop.epsilonOnlyTransitions &&= stop.transitions.length > 0;
  }
  joinWords(network, [...used]);
  const decisions = network.decisionToState.map((state, at) => new antlr.DFA(state, at));
  return (parser) => {
    parser._interp = new antlr.ParserATNSimulator(parser, network, decisions, new antlr.PredictionContextCache());
  };
}

function reachedFrom(rule: number, { states }: Network): ReadonlySet<number> {
  const calls = new Map<number, number[]>();
  for (const state of states) {
    for (const { serializationType, target } of state?.transitions ?? []) {
      if (state && serializationType === call)
        calls.set(state.ruleIndex, [...(calls.get(state.ruleIndex) ?? []), target.ruleIndex]);
    }
  }
  const reached = new Set([rule]);
  for (const one of reached) for (const other of calls.get(one) ?? []) reached.add(other);
  return reached;
}

function joinWords(network: Network, rules: readonly number[]): void {
  const isWord = wordRules(network);
  const words = rules.filter(isWord).map((rule) => {
    const start = network.ruleToStartState[rule] as State;
    return { start, stop: network.ruleToStopState[rule] as State, tokens: network.nextTokens(start) };
  });
  const some = network.states.flatMap((state) => state?.transitions ?? []).find((one) => one.serializationType === set);
  const make = some?.constructor as new (target: State, tokens: object) => Transition;
  for (const { start, stop, tokens } of words) {
    start.transitions = [new make(stop, tokens)];
    start.epsilonOnlyTransitions = false;
  }
}

/** Whether every text of a rule is one word, whichever. */
function wordRules(network: Network): (rule: number) => boolean {
  const known = new Map<number, boolean>();
  return isWord;

  function isWord(rule: number): boolean {
    const answer = known.get(rule);
    if (answer !== undefined) return answer;
    // One that leads to itself is none.
    known.set(rule, false);
    const stop = network.ruleToStopState[rule];
    const is = goes(network.ruleToStartState[rule] as State, 0, new Set());
    known.set(rule, is);
    return is;

    function goes(from: State, words: number, seen: Set<string>): boolean {
      const key = `${from.stateNumber} ${words}`;
      if (seen.has(key)) return true;
      seen.add(key);
      if (from === stop) return words === 1;
      return (
        from.transitions.length > 0 &&
        from.transitions.every((one) => {
          if (one.serializationType === plain) return goes(one.target, words, seen);
          if (words === 1 || (one.isEpsilon && !(one.serializationType === call && isWord(one.target.ruleIndex))))
            return false;
          return goes(one.serializationType === call ? one.followState : one.target, 1, seen);
        })
      );
    }
  }
}
