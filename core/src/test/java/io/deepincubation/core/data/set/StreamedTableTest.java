package io.deepincubation.core.data.set;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.data.augment.BatchKey;
import io.deepincubation.core.data.batch.Batch;
import io.deepincubation.core.data.batch.ClassTargets;
import io.deepincubation.core.data.batch.TrainingBatches;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.recipe.AugmentationRecipe;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.core.testing.TestImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamedTableTest {

  private static final long PLENTY = 1 << 20;
  private static final AugmentationRecipe RECIPE =
      new AugmentationRecipe(2, false, true, 9, 0, 0.8, 1, 0.25, 1);

  private final Path data;
  private final Path cache;
  private final PreparedSet set;
  private final ExecutorService readers = Executors.newFixedThreadPool(4);

  StreamedTableTest(@TempDir Path data, @TempDir Path cache) {
    this.data = data;
    this.cache = cache;
    Storage storage = new LocalStorage(data);
    new PreparedSetWriter(storage).write(TestImages.source(200, 2), 1, 5);
    set = PreparedSet.open(storage);
  }

  /** Reading ahead goes on after a table's last use, in folders that are deleted then. */
  @AfterEach
  void endReading() throws InterruptedException {
    readers.shutdown();
    assertThat(readers.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void holdsTheImagesOfADecodedTable() {
    ImageTable decoded = new LocalImageCache(cache, PLENTY).open(set, "train");
    ImageTable streamed = streamed(PLENTY);

    assertThat(streamed.size()).isEqualTo(decoded.size());
    for (int i = 0; i < decoded.size(); i++) {
      assertThat(streamed.label(i)).isEqualTo(decoded.label(i));
      assertThat(streamed.image(i).picture().pixels().values())
          .isEqualTo(decoded.image(i).picture().pixels().values());
    }
  }

  @Test
  void shufflesAllImagesAWindowOfRowGroupsAtATime() {
    ImageTable table = streamed(PLENTY);
    int groups = set.shards("train").size();

    int[] order = table.shuffled(RandomStream.of(3));

    assertThat(groups).isGreaterThan(2 * StreamedImages.WINDOW);
    assertThat(Arrays.stream(order).sorted().toArray())
        .isEqualTo(IntStream.range(0, 200).toArray());
    assertThat(table.shuffled(RandomStream.of(3))).isEqualTo(order);
    assertThat(table.shuffled(RandomStream.of(4))).isNotEqualTo(order);
    int[] shardOfRow =
        IntStream.range(0, groups)
            .flatMap(i -> IntStream.generate(() -> i).limit(set.shards("train").get(i).count()))
            .toArray();
    assertThat(IntStream.of(order).limit(60).map(row -> shardOfRow[row]).distinct().count())
        .isBetween(10L, (long) StreamedImages.WINDOW);
  }

  @Test
  void givesTheSameBatchesWithAndWithoutCacheAndAfterAResume() {
    TrainingBatches cached = batches(streamed(PLENTY));
    TrainingBatches uncached = batches(streamed(10));
    for (int i = 0; i < cached.batchesPerEpoch(); i++) {
      assertThat(uncached.batch(1, i).inputs()).isEqualTo(cached.batch(1, i).inputs());
    }

    Batch resumed = batches(streamed(PLENTY)).batch(1, 9);

    assertThat(resumed.inputs()).isEqualTo(cached.batch(1, 9).inputs());
    assertThat(resumed.targets()).isEqualTo(cached.batch(1, 9).targets());
  }

  @Test
  void readsAnEpochFromTheNodesDiskOnceItWasRead() throws IOException {
    readAll(streamed(PLENTY));
    try (Stream<Path> shards = Files.list(data.resolve("train"))) {
      for (Path shard : shards.toList()) {
        Files.delete(shard);
      }
    }

    assertThat(readAll(streamed(PLENTY))).isEqualTo(200);
  }

  @Test
  void readsAnewWhatTheDiskHasChanged() throws IOException {
    readAll(streamed(PLENTY));
    for (Path kept : kept()) {
      byte[] bytes = Files.readAllBytes(kept);
      bytes[3]++;
      Files.write(kept, bytes);
    }

    assertThat(readAll(streamed(PLENTY))).isEqualTo(200);
  }

  @Test
  void keepsWithinTheCachesSize() throws IOException {
    readAll(streamed(9000));

    long bytes = 0;
    for (Path kept : kept()) {
      bytes += Files.size(kept);
    }
    assertThat(bytes).isBetween(1L, 9000L);
  }

  @Test
  void goesOnWithoutACacheWhereTheDiskRefuses() throws IOException {
    assertThat(readAll(uncached())).isEqualTo(200);
  }

  @Test
  void namesAChangedShard() throws IOException {
    DataIndex.Shard shard = set.shards("train").get(2);
    byte[] bytes = Files.readAllBytes(data.resolve(shard.file()));
    bytes[40]++;
    Files.write(data.resolve(shard.file()), bytes);

    assertThatThrownBy(() -> readAll(uncached()))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageStartingWith(
            "Cannot read shard %s/%s: expected SHA-256 %s of ",
            data, shard.file(), shard.rowGroups().get(0).range().sha256())
        .hasMessageEndingWith("the file was changed, run `prepare` again");
  }

  @Test
  void namesAShardThatWasCutOff() throws IOException {
    DataIndex.Shard shard = set.shards("train").get(2);
    Files.write(data.resolve(shard.file()), "short".getBytes(UTF_8));

    assertThatThrownBy(() -> readAll(uncached()))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageStartingWith("Cannot read shard %s/%s: expected ", data, shard.file())
        .hasMessageContaining("run `prepare` again");
  }

  @Test
  void namesAMissingShard() throws IOException {
    DataIndex.Shard shard = set.shards("train").get(5);
    Files.delete(data.resolve(shard.file()));

    assertThatThrownBy(() -> readAll(uncached()))
        .isInstanceOf(UnfitDataException.class)
        .hasMessage(
            "Cannot read shard %s/%s: expected the file that index.json lists, got none; run"
                + " `prepare` again",
            data, shard.file());
  }

  @Test
  void streamsSetsThatAreTooLargeToDecodeAtOnce() {
    var small = new LocalImageCache(cache, PLENTY).decodingAtOnce(1000);

    assertThat(small.open(set, "train", 8)).isInstanceOf(StreamedTable.class);
    assertThat(small.open(set, "test", 8)).isNotInstanceOf(StreamedTable.class);
    assertThat(new LocalImageCache(cache, PLENTY).open(set, "train", 6))
        .isInstanceOf(StreamedTable.class);
  }

  /** Images of a node whose disk takes nothing. */
  private ImageTable uncached() throws IOException {
    Path file = cache.resolve("file");
    if (!Files.exists(file)) {
      Files.createFile(file);
    }
    return new LocalImageCache(file, PLENTY).stream(set, "train", 8, readers);
  }

  private ImageTable streamed(long cacheBytes) {
    return new LocalImageCache(cache, cacheBytes).stream(set, "train", 8, readers);
  }

  @Test
  void tellsLabelsWithoutReadingImages() {
    ImageTable streamed = streamed(PLENTY);
    int[] labels = streamed.labels();

    assertThat(labels).hasSize(streamed.size());
    for (int i = 0; i < labels.length; i++) {
      assertThat(labels[i]).isEqualTo(streamed.image(i).label());
    }
  }

  @Test
  void balancesTheClassesOfEachWindow() {
    int[] rows = streamed(PLENTY).shuffled(RandomStream.of(1), drawn -> drawn.clone());

    assertThat(rows).isEqualTo(streamed(PLENTY).shuffled(RandomStream.of(1)));
    int[] first =
        streamed(PLENTY)
            .shuffled(
                RandomStream.of(1),
                drawn -> {
                  Arrays.fill(drawn, drawn[0]);
                  return drawn;
                });
    assertThat(Arrays.stream(first).distinct().count())
        .as("windows of 16 row groups, each replaced by its first row")
        .isEqualTo((200 / 5 + 15) / 16);
  }

  private static TrainingBatches batches(ImageTable table) {
    return TestImages.batches(
        table, RECIPE, new ClassTargets(2, 0.1), 16, new BatchKey(1, "meta", -1), 2);
  }

  private static int readAll(ImageTable table) {
    return (int) IntStream.range(0, table.size()).filter(i -> table.label(i) >= 0).count();
  }

  private List<Path> kept() throws IOException {
    try (Stream<Path> files = Files.list(cache)) {
      return files.filter(file -> file.toString().endsWith(CachedRanges.SUFFIX)).toList();
    }
  }
}
