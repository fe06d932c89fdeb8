package io.deepincubation.core.data.set;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.deepincubation.core.data.pixels.ImageCodec;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.source.Sample;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.core.testing.TestImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreparedSetTest {

  private final Path folder;
  private final Storage storage;

  PreparedSetTest(@TempDir Path folder) {
    this.folder = folder;
    storage = new LocalStorage(folder);
  }

  @Test
  void keepsEverySampleOnceInShuffledShards() throws IOException {
    PreparedSet set = TestImages.prepare(storage);

    var images = new TreeSet<byte[]>(Arrays::compare);
    var labels = new int[2];
    var ranges = new StoredRanges(storage);
    for (DataIndex.Shard shard : set.shards("train")) {
      for (StoredSample sample : Shards.read(ranges, shard, 0, ShardColumns.IMAGES)) {
        images.add(sample.content());
        labels[sample.label()]++;
      }
    }
    assertThat(set.splits()).containsExactly("train", "test");
    assertThat(set.shards("train")).hasSizeBetween(2, 3);
    assertThat(set.index().count("train")).isEqualTo(10);
    assertThat(set.index().classCounts())
        .isEqualTo(Map.of("train", List.of(5, 5), "test", List.of(1, 1)));
    assertThat(labels).containsExactly(5, 5);
    var expected = new TreeSet<byte[]>(Arrays::compare);
    TestImages.samples(10, 2).forEach(sample -> expected.add(sample.image()));
    assertThat(images).isEqualTo(expected);
  }

  @Test
  void measuresMeanAndStandardDeviationOfTheTrainingSplit() {
    DataIndex index = TestImages.prepare(storage).index();

    double sum = 0;
    double squares = 0;
    int plane = TestImages.SIDE * TestImages.SIDE;
    for (int i = 0; i < 10; i++) {
      byte[] values = TestImages.image(i).values();
      for (int p = 0; p < plane; p++) {
        double green = (values[plane + p] & 0xFF) / 255.0;
        sum += green;
        squares += green * green;
      }
    }
    double mean = sum / (10 * plane);
    assertThat(requireNonNull(index.mean()).get(1)).isCloseTo(mean, within(1e-12));
    assertThat(requireNonNull(index.std()).get(1))
        .isCloseTo(Math.sqrt(squares / (10 * plane) - mean * mean), within(1e-12));
  }

  @Test
  void namesTheMissingIndex() {
    assertThatThrownBy(() -> PreparedSet.open(storage))
        .isInstanceOf(UnfitDataException.class)
        .hasMessage(
            "Cannot open the training set at %s: expected index.json, got no such file; run"
                + " `prepare` first",
            folder);
  }

  @Test
  void namesAMissingSplit() {
    PreparedSet set = TestImages.prepare(storage);

    assertThatThrownBy(() -> set.shards("val"))
        .isInstanceOf(UnfitDataException.class)
        .hasMessage("Cannot read split val of %s: expected one of [train, test]", folder);
  }

  @Test
  void leavesNoSetWhenPreparationIsInterrupted() {
    var facts =
        new ShardWriter(storage).write("train", 0, TestImages.fitted(TestImages.samples(4, 2)));

    assertThat(facts.shard().count()).isEqualTo(4);
    assertThat(storage.exists(DataIndex.FILE)).isFalse();
  }

  @Test
  void changesNothingWhenRepeated() throws IOException {
    PreparedSet set = TestImages.prepare(storage);
    String digest = set.index().digest();
    Path shard = folder.resolve(set.shards("train").get(1).file());
    FileTime before = FileTime.fromMillis(1_000_000);
    Files.setLastModifiedTime(shard, before);

    assertThat(TestImages.prepare(storage).index().digest()).isEqualTo(digest);
    assertThat(Files.getLastModifiedTime(shard)).isEqualTo(before);
  }

  @Test
  void leavesAnEarlierSetWholeUntilTheNewOneIsCommitted() {
    PreparedSet earlier = TestImages.prepare(storage);

    new ShardWriter(storage).write("train", 1, TestImages.fitted(TestImages.samples(3, 2)));

    assertThat(PreparedSet.open(storage).index()).isEqualTo(earlier.index());
    assertThat(new LocalImageCache(folder.resolve("cache"), 1 << 20).open(earlier, "train").size())
        .isEqualTo(10);
  }

  @Test
  void deletesShardsOfAnEarlierPreparation() {
    TestImages.prepare(storage);

    DataIndex index = new PreparedSetWriter(storage).write(TestImages.source(10, 2), 1, 10);

    assertThat(storage.list("train"))
        .containsExactly(
            PreparedSet.open(storage).shards("train").get(0).file().substring("train/".length()));
    assertThat(index.count("train")).isEqualTo(10);
  }

  @Test
  void indexesTheSizesOfImagesThatDiffer() {
    Sample larger = new Sample(ImageCodec.encodePng(new Pixels(new byte[3 * 9 * 10], 9, 10)), 0);
    var samples = TestImages.fitted(List.of(TestImages.samples(1, 1).get(0), larger));

    ShardFacts facts = new ShardWriter(storage).write("train", 0, samples);
    DataIndex index = new PreparedSetWriter(storage).finish(List.of("a"), List.of(facts));

    assertThat(index.sizes()).hasToString("8 x 8 to 9 x 10");
  }

  @Test
  void rejectsLabelsWithoutAClass() {
    var facts =
        new ShardWriter(storage).write("train", 0, TestImages.fitted(TestImages.samples(4, 4)));

    assertThatThrownBy(
            () -> new PreparedSetWriter(storage).finish(List.of("a", "b"), List.of(facts)))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageContaining("expected labels below 2 classes, got 3 in train/part-00000");
  }

  @Test
  void rejectsASetWithoutTrainingImages() {
    var facts =
        new ShardWriter(storage).write("test", 0, TestImages.fitted(TestImages.samples(4, 2)));

    assertThatThrownBy(
            () -> new PreparedSetWriter(storage).finish(List.of("a", "b"), List.of(facts)))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageContaining("expected samples in split train");
  }

  @Test
  void carriesShardFactsAsText() {
    var facts =
        new ShardWriter(storage).write("train", 3, TestImages.fitted(TestImages.samples(4, 2)));

    assertThat(ShardFacts.fromJson(facts.toJson())).isEqualTo(facts);
  }
}
