import { GraphQLError, Lexer, Source, TokenKind } from 'graphql';
import type { WireError } from '../error/operation-error.ts';
import { limitExceeded } from './limit-exceeded.ts';
import type { OperationLimits } from './limits.ts';

/**
 * The limits that need no parser: tokens, brackets open at once, directives (A24, A25). Reads the text once and stops at the first
 * excess, so that neither the parser nor anything after it recurses without bound. A text that is no GraphQL is the parser's to refuse.
 */
export function limitOfText(text: string, limits: OperationLimits): WireError | undefined {
  const lexer = new Lexer(new Source(text));
  let tokens = 0;
  let nesting = 0;
  let directives = 0;
  try {
    for (;;) {
      switch (lexer.advance().kind) {
        case TokenKind.EOF:
          return undefined;
        case TokenKind.AT:
          directives += 1;
          break;
        case TokenKind.BRACE_L:
        case TokenKind.BRACKET_L:
        case TokenKind.PAREN_L:
          nesting += 1;
          break;
        case TokenKind.BRACE_R:
        case TokenKind.BRACKET_R:
        case TokenKind.PAREN_R:
          nesting -= 1;
          break;
        default:
      }
      tokens += 1;
      if (tokens > limits.maxTokens) return limitExceeded(limits, 'maxTokens', 'The document has too many tokens');
      if (nesting > limits.maxNesting) return limitExceeded(limits, 'maxNesting', 'The document is nested too deep');
      if (directives > limits.maxDirectives) {
        return limitExceeded(limits, 'maxDirectives', 'The document has too many directives');
      }
    }
  } catch (error) {
    if (error instanceof GraphQLError) return undefined;
    throw error;
  }
}
