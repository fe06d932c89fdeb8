package io.deepincubation.core.data.set;

import java.util.Arrays;
import java.util.Locale;

/**
 * What a set's texts are made of.
 *
 * @param vocabulary a number that all tokens are below
 * @param length tokens of a text at most
 * @param tokenizer SHA-256 of {@code tokenizer.json} beside the index
 */
public record TextForm(int vocabulary, int length, String tokenizer) {

  /** Checks that there is room for tokens. */
  public TextForm {
    if (vocabulary < 1 || length < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot index texts: expected a vocabulary and a length from 1, got %d and %d",
              vocabulary,
              length));
    }
  }

  boolean holds(FittedText text) {
    return text.tokens().length <= length
        && Arrays.stream(text.tokens()).allMatch(token -> token >= 0 && token < vocabulary);
  }
}
