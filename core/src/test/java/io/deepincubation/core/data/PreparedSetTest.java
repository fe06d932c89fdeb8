package io.deepincubation.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.deepincubation.core.checkpoint.LocalStorage;
import io.deepincubation.core.checkpoint.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
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
    for (DataIndex.Shard shard : set.shards("train")) {
      int rows =
          Shards.read(
              storage,
              shard,
              (row, sample) -> {
                images.add(sample.image());
                labels[sample.label()]++;
              });
      assertThat(rows).isEqualTo(shard.count());
    }
    assertThat(set.splits()).containsExactly("train", "test");
    assertThat(set.shards("train")).extracting(DataIndex.Shard::count).containsExactly(4, 4, 2);
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
    assertThat(index.mean().get(1)).isCloseTo(mean, within(1e-12));
    assertThat(index.std().get(1))
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
    var facts = new ShardWriter(storage).write("train", 0, TestImages.samples(4, 2).iterator());

    assertThat(facts.shard().count()).isEqualTo(4);
    assertThat(storage.exists(DataIndex.FILE)).isFalse();
  }

  @Test
  void changesNothingWhenRepeated() throws IOException {
    String digest = TestImages.prepare(storage).index().digest();
    Path shard = folder.resolve("train/part-00001.parquet");
    FileTime before = FileTime.fromMillis(1_000_000);
    Files.setLastModifiedTime(shard, before);

    assertThat(TestImages.prepare(storage).index().digest()).isEqualTo(digest);
    assertThat(Files.getLastModifiedTime(shard)).isEqualTo(before);
  }

  @Test
  void withdrawsTheIndexBeforeAShardChanges() {
    TestImages.prepare(storage);

    new ShardWriter(storage).write("train", 1, TestImages.samples(3, 2).iterator());

    assertThat(storage.exists(DataIndex.FILE)).isFalse();
  }

  @Test
  void deletesShardsOfAnEarlierPreparation() {
    TestImages.prepare(storage);

    new PreparedSetWriter(storage).write(TestImages.source(10, 2), 1, 10);

    assertThat(storage.list("train")).containsExactly("part-00000.parquet");
  }

  @Test
  void rejectsImagesOfDifferentSize() {
    byte[] larger = ImageCodec.encodePng(new Pixels(new byte[3 * 9 * 9], 9, 9));
    Iterator<Sample> samples =
        List.of(TestImages.samples(1, 1).get(0), new Sample(larger, 0)).iterator();

    assertThatThrownBy(() -> new ShardWriter(storage).write("train", 0, samples))
        .isInstanceOf(UnfitDataException.class)
        .hasMessage(
            "Cannot write row 1 of shard train/part-00000.parquet: expected an image of 8 x 8"
                + " pixels like the others, got 9 x 9; pass an image size to resize to");
  }

  @Test
  void rejectsLabelsWithoutAClass() {
    var facts = new ShardWriter(storage).write("train", 0, TestImages.samples(4, 4).iterator());

    assertThatThrownBy(
            () -> new PreparedSetWriter(storage).finish(List.of("a", "b"), List.of(facts)))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageContaining("expected labels below 2 classes, got 3 in train/part-00000");
  }

  @Test
  void rejectsASetWithoutTrainingImages() {
    var facts = new ShardWriter(storage).write("test", 0, TestImages.samples(4, 2).iterator());

    assertThatThrownBy(
            () -> new PreparedSetWriter(storage).finish(List.of("a", "b"), List.of(facts)))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageContaining("expected images in split train");
  }

  @Test
  void carriesShardFactsAsText() {
    var facts = new ShardWriter(storage).write("train", 3, TestImages.samples(4, 2).iterator());

    assertThat(ShardFacts.fromJson(facts.toJson())).isEqualTo(facts);
  }
}
