package io.deepincubation.core.data.set;

import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.text.Tokenizer;
import io.deepincubation.core.storage.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Cuts texts into tokens.
 *
 * @param tokenizer the text of a {@code tokenizer.json}
 * @param length tokens of a text at most; longer texts are cut
 */
public record TextFitting(String tokenizer, int length) implements Fitting {

  /**
   * The same, checked.
   *
   * @throws UnfitDataException if it is no tokenizer, or one without a token for a whole text
   */
  public static TextFitting checked(String tokenizer, int length) {
    return new TextFitting(Tokenizer.of(tokenizer, length).json(), length);
  }

  @Override
  public FittedText fit(byte[] content, byte[] annotation) throws IOException {
    String text = new String(content, StandardCharsets.UTF_8);
    if (text.isBlank()) {
      throw new IOException("expected a text, got an empty one");
    }
    return new FittedText(Tokenizer.of(tokenizer, length).tokens(text));
  }

  @Override
  public Optional<TextForm> texts() {
    return Optional.of(
        new TextForm(
            Tokenizer.of(tokenizer, length).vocabulary(),
            length,
            Sha256.of(tokenizer.getBytes(StandardCharsets.UTF_8))));
  }
}
