package io.deepincubation.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AnswerTest {

  private record Facts(String status, long rows, @Nullable Double seconds, List<String> names) {}

  @Test
  void writesFactsInTheirOrder() {
    var answer = new Answer(List.of("Done"), new Facts("done", 7, 0.5, List.of("<a>", "b")));
    assertThat(answer.json())
        .hasToString("{\"status\":\"done\",\"rows\":7,\"seconds\":0.5,\"names\":[\"<a>\",\"b\"]}");
  }

  @Test
  void leavesOutWhatIsNot() {
    var answer = new Answer(List.of(), new Facts("already-done", 7, null, List.of()));
    assertThat(answer.json().keySet()).containsExactly("status", "rows", "names");
  }
}
