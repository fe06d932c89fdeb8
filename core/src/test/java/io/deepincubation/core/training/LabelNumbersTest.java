package io.deepincubation.core.training;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.io.InputStreamReader;
import org.junit.jupiter.api.Test;

class LabelNumbersTest {

  @Test
  void areThoseOfPyTorchAndTimm() throws IOException {
    try (var reader = new InputStreamReader(Golden.open("labels.json"), UTF_8)) {
      assertThatCode(() -> LabelNumbers.requireEqual(reader)).doesNotThrowAnyException();
    }
  }
}
