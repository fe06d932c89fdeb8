package io.deepincubation.core.data.set;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.data.pixels.UnfitDataException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataIndexTest {

  private static final DataIndex INDEX =
      new DataIndex(
          2,
          ImageSizes.of(32, 24),
          3,
          List.of("cat", "dog"),
          List.of(0.1, 0.2, 0.3),
          List.of(0.4, 0.5, 0.6),
          Map.of("train", List.of(6, 2)),
          Map.of("train", List.of(shard(0, 5, 100), shard(1, 3, 60))));

  private static DataIndex.Shard shard(int number, int count, long bytes) {
    return new DataIndex.Shard(
        "train/part-0000" + number + ".parquet",
        count,
        "ab",
        bytes,
        List.of(new DataIndex.RowGroup(count, new FileRange(4, 40, "cd"))),
        new FileRange(44, 10, "ef"));
  }

  @Test
  void readsWhatItWrites() {
    assertThat(DataIndex.fromJson(INDEX.toJson(), "x")).isEqualTo(INDEX);
  }

  @Test
  void countsTheSamplesOfASplit() {
    assertThat(INDEX.count("train")).isEqualTo(8);
    assertThat(INDEX.count("test")).isZero();
  }

  @Test
  void changesItsDigestWithAnyFact() {
    String renamed = INDEX.toJson().replace("cat", "cow");

    assertThat(INDEX.digest()).hasSize(64);
    assertThatThrownBy(() -> DataIndex.fromJson(renamed, "s3a://lake/index.json"))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageStartingWith(
            "Cannot read s3a://lake/index.json: expected facts of digest " + INDEX.digest());
  }

  @Test
  void rejectsAnotherFormatVersion() {
    String newer = INDEX.toJson().replace("\"formatVersion\": 2", "\"formatVersion\": 3");

    assertThatThrownBy(() -> DataIndex.fromJson(newer, "index.json"))
        .isInstanceOf(UnfitDataException.class)
        .hasMessage(
            "Cannot read index.json: expected format version 2, got 3; run `prepare` of this"
                + " release");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../index.json", "/etc/passwd", "train//a", "train/\\u0000.parquet", ""})
  void rejectsShardsOutsideOfTheSet(String file) {
    String strange = INDEX.toJson().replace("train/part-00000.parquet", file);

    assertThatThrownBy(() -> DataIndex.fromJson(strange, "index.json"))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageContaining("expected the name of a file in the set's folder");
  }

  @Test
  void rejectsMissingAndUnknownKeys() {
    String missing = INDEX.toJson().replace("\"channels\": 3,", "");
    String unknown = INDEX.toJson().replace("\"channels\"", "\"depth\": 1, \"channels\"");

    assertThatThrownBy(() -> DataIndex.fromJson(missing, "index.json"))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageStartingWith("Cannot read index.json: expected the keys [channels, ");
    assertThatThrownBy(() -> DataIndex.fromJson(unknown, "index.json"))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageContaining("got [channels, classCounts, classNames, depth, ");
  }

  @Test
  void rejectsWhatIsNotJson() {
    for (String text : new String[] {"", "{", "[]", "null", "\u0000", "{\"formatVersion\": {}}"}) {
      assertThatThrownBy(() -> DataIndex.fromJson(text, "index.json"))
          .isInstanceOf(UnfitDataException.class)
          .hasMessageStartingWith("Cannot read index.json: expected ");
    }
  }

  @Test
  void rejectsFactsOfTheWrongKind() {
    String text = INDEX.toJson().replace("\"count\": 5", "\"count\": 0");

    assertThatThrownBy(() -> DataIndex.fromJson(text, "index.json"))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageContaining("expected samples and bytes, got 0 and 100");
  }
}
