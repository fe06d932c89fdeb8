package io.deepincubation.core.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.deepincubation.core.network.Weights;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.core.storage.StorageException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeightsFolderTest {

  private static final String FILE = "model-00001-of-00001.safetensors";

  private LocalStorage storage;

  @BeforeEach
  void writeWeights(@TempDir Path folder) {
    storage = new LocalStorage(folder);
    var tensor = new Weights.Tensor(List.of(1L), new float[] {3});
    WeightsFolder.write(storage, List.of(new Weights(Map.of("w", tensor))), 0);
  }

  private void index(String json) {
    byte[] bytes = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    storage.write(WeightsIndex.FILE, stream -> stream.write(bytes));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'weight_map': {'w': 'FILE'}}",
        "{'metadata': null, 'weight_map': {'w': 'FILE'}}",
        "{'metadata': {'mergekit_version': '0.0.4', 'total_size': 1.5}, 'weight_map': {'w':"
            + " 'FILE'}}"
      })
  void readsAnIndexWhateverItsMetadataSay(String json) {
    index(json.replace("FILE", FILE));

    assertThat(WeightsFolder.open(storage).read().tensor("w").values()).containsExactly(3f);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'weight_map': {'w': '../other.safetensors'}}",
        "{'weight_map': {'w': null}}",
        "{'weight_map': {'w': '\\u0000.safetensors'}}",
        "{'weight_map': {'w': '/etc/passwd'}}"
      })
  void refusesFilesOutsideOfTheFolder(String json) {
    index(json);

    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> WeightsFolder.open(storage))
        .withMessageContaining(
            "expected a weight_map of .safetensors files beside the index, got ");
  }

  @Test
  void refusesAnIndexWithoutFiles() {
    index("{'metadata': {}}");

    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> WeightsFolder.open(storage))
        .withMessageContaining("expected a weightMap, got none");
  }
}
