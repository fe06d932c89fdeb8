package io.deepincubation.spark.prepare;

import io.deepincubation.core.recipe.UsageException;
import java.io.Serializable;
import java.util.Locale;

/**
 * How texts become tokens.
 *
 * @param tokenizer URI of a {@code tokenizer.json} of Hugging Face's tokenizers; empty to make one
 *     of the words of the training texts
 * @param vocabulary tokens that are then made at most
 * @param length tokens of a text at most; longer texts are cut
 */
public record Texts(String tokenizer, int vocabulary, int length) implements Serializable {

  /** Checks the numbers. */
  public Texts {
    if (vocabulary < 1 || length < 2) {
      throw new UsageException(
          String.format(
              Locale.ROOT,
              "Cannot prepare texts: expected a --vocabulary from 1 and a --length from 2, got %d"
                  + " and %d",
              vocabulary,
              length));
    }
  }
}
