package io.deepincubation.core.data.set;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.data.pixels.ImageCodec;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.source.Sample;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.core.testing.JavaProcess;
import io.deepincubation.core.testing.TestImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalImageCacheTest {

  private static final long PLENTY = 1 << 20;
  private static final long TRAIN_BYTES = 20 + 10 * (TestImages.IMAGE_BYTES + 4);

  private final Path data;
  private final Path directory;
  private final Storage storage;
  private final PreparedSet set;

  LocalImageCacheTest(@TempDir Path data, @TempDir Path directory) {
    this.data = data;
    this.directory = directory;
    storage = new LocalStorage(data);
    set = TestImages.prepare(storage);
  }

  @Test
  void holdsTheImagesOfAllShardsInOrder() {
    ImageTable table = new LocalImageCache(directory, PLENTY).open(set, "train");

    int[] order = order();
    assertThat(table.size()).isEqualTo(10);
    assertThat(table.height()).isEqualTo(TestImages.SIDE);
    assertThat(table.width()).isEqualTo(TestImages.SIDE);
    for (int i = 0; i < 10; i++) {
      assertThat(pixels(table, order[i])).isEqualTo(TestImages.image(i).values());
      assertThat(table.label(order[i])).isEqualTo(i % 2);
    }
  }

  @Test
  void needsNoShardOnceTheSplitIsKept() {
    new LocalImageCache(directory, PLENTY).open(set, "train");
    storage.delete("train");

    assertThat(new LocalImageCache(directory, PLENTY).open(set, "train").size()).isEqualTo(10);
  }

  @Test
  void buildsAgainWhatWasCutOff() throws IOException {
    new LocalImageCache(directory, PLENTY).open(set, "train");
    Files.write(images().get(0), new byte[5]);

    assertThat(new LocalImageCache(directory, PLENTY).open(set, "train").size()).isEqualTo(10);
    assertThat(Files.size(images().get(0))).isEqualTo(TRAIN_BYTES);
  }

  @Test
  void isSharedByThreads() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      Callable<byte[]> open =
          () -> pixels(new LocalImageCache(directory, PLENTY).open(set, "train"), 3);
      var opened = new ArrayList<Future<byte[]>>();
      for (int i = 0; i < 4; i++) {
        opened.add(threads.submit(open));
      }
      byte[] first = opened.get(0).get(30, TimeUnit.SECONDS);
      for (Future<byte[]> other : opened) {
        assertThat(other.get(30, TimeUnit.SECONDS)).isEqualTo(first);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(images()).hasSize(1);
  }

  @Test
  void isSharedByProcesses() throws Exception {
    var processes = new ArrayList<Process>();
    for (int i = 0; i < 2; i++) {
      processes.add(openInAnotherProcess());
    }
    for (Process process : processes) {
      boolean ended = process.waitFor(60, TimeUnit.SECONDS);
      String said = ended ? new String(process.getInputStream().readAllBytes(), UTF_8) : "no end";
      process.destroyForcibly();
      assertThat(ended).as(said).isTrue();
      assertThat(process.exitValue()).as(said).isZero();
    }
    assertThat(images()).hasSize(1);
    assertThat(new LocalImageCache(directory, PLENTY).open(set, "train").size()).isEqualTo(10);
  }

  @Test
  void deletesTheSplitUsedLongestAgo() throws IOException {
    var cache = new LocalImageCache(directory, TRAIN_BYTES + 100);
    cache.open(set, "train");
    Path train = images().get(0);
    Files.setLastModifiedTime(train, FileTime.fromMillis(1_000_000));

    cache.open(set, "test");

    assertThat(images()).hasSize(1).doesNotContain(train);
  }

  @Test
  void marksASplitAsUsed() throws IOException {
    var cache = new LocalImageCache(directory, PLENTY);
    cache.open(set, "train");
    Files.setLastModifiedTime(images().get(0), FileTime.fromMillis(1_000_000));

    cache.open(set, "train");

    assertThat(Files.getLastModifiedTime(images().get(0)).toMillis()).isGreaterThan(1_000_000);
  }

  @Test
  void deletesWhatAKilledProcessLeft() throws IOException {
    Path left =
        Files.write(directory.resolve("split123" + CacheFolder.TEMPORARY_SUFFIX), new byte[9]);

    Files.setLastModifiedTime(left, FileTime.fromMillis(1_000_000));

    new LocalImageCache(directory, PLENTY).open(set, "train");

    assertThat(left).doesNotExist();
  }

  @Test
  void keepsASplitOnTheHeapOnceWhereItFindsNoRoom() throws IOException {
    var cache = new LocalImageCache(directory, 100);

    ImageTable table = cache.open(set, "train");

    assertThat(table).isSameAs(cache.open(set, "train"));
    assertThat(pixels(table, order()[6])).isEqualTo(TestImages.image(6).values());
    assertThat(images()).isEmpty();
  }

  @Test
  void keepsASplitOnTheHeapWhereTheFolderCannotBeMade() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));

    assertThat(new LocalImageCache(file, PLENTY).open(set, "train").size()).isEqualTo(10);
  }

  @Test
  void namesAChangedShard() throws IOException {
    DataIndex.Shard facts = set.shards("train").get(1);
    Path shard = data.resolve(facts.file());
    byte[] bytes = Files.readAllBytes(shard);
    bytes[100]++;
    Files.write(shard, bytes);

    assertThatThrownBy(() -> new LocalImageCache(directory, PLENTY).open(set, "train"))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageStartingWith(
            "Cannot read shard %s: expected SHA-256 %s of ",
            shard, facts.rowGroups().get(0).range().sha256())
        .hasMessageEndingWith("the file was changed, run `prepare` again");
    assertThat(images()).isEmpty();
  }

  @Test
  void namesAMissingShard() {
    String shard = set.shards("train").get(1).file();
    storage.delete(shard);

    assertThatThrownBy(() -> new LocalImageCache(directory, PLENTY).open(set, "train"))
        .isInstanceOf(UnfitDataException.class)
        .hasMessage(
            "Cannot read shard %s/%s: expected the file that index.json lists, got none; run"
                + " `prepare` again",
            data, shard);
  }

  @Test
  void namesTheRowOfAnImageOfAnotherSize() {
    Sample large = new Sample(ImageCodec.encodePng(new Pixels(new byte[3 * 9 * 9], 9, 9)), 0);
    PreparedSet wrong = replaced(TestImages.fitted(List.of(large)));

    assertThatThrownBy(() -> new LocalImageCache(directory, PLENTY).open(wrong, "train"))
        .isInstanceOf(UnfitDataException.class)
        .hasMessage(
            "Cannot read row 0 of shard %s/%s: expected 8 x 8 pixels, got 9 x 9",
            data, wrong.shards("train").get(0).file());
  }

  @Test
  void namesTheRowOfALabelWithoutClass() {
    PreparedSet wrong = replaced(TestImages.fitted(TestImages.samples(6, 6)));

    assertThatThrownBy(() -> new LocalImageCache(directory, PLENTY).open(wrong, "train"))
        .isInstanceOf(UnfitDataException.class)
        .hasMessage(
            "Cannot read row 2 of shard %s/%s: expected a label below 2, got 2",
            data, wrong.shards("train").get(0).file());
  }

  /** A set whose index promises this shard, which does not fit the rest of the index. */
  private PreparedSet replaced(Iterator<FittedSample> samples) {
    ShardFacts facts = new ShardWriter(storage).write("train", 0, samples);
    DataIndex index = set.index();
    var changed =
        new DataIndex(
            2,
            requireNonNull(index.sizes()),
            3,
            index.classNames(),
            requireNonNull(index.mean()),
            requireNonNull(index.std()),
            index.classCounts(),
            Map.of("train", List.of(facts.shard())));
    storage.write(DataIndex.FILE, stream -> stream.write(changed.toJson().getBytes(UTF_8)));
    return PreparedSet.open(storage);
  }

  /** Opens the training split in a process of its own. */
  static final class Opener {

    private Opener() {}

    public static void main(String[] arguments) {
      PreparedSet set = PreparedSet.open(new LocalStorage(Path.of(arguments[0])));
      new LocalImageCache(Path.of(arguments[1]), PLENTY).open(set, "train");
    }
  }

  private Process openInAnotherProcess() throws IOException {
    return JavaProcess.of(List.of(), Opener.class, data.toString(), directory.toString())
        .redirectErrorStream(true)
        .start();
  }

  private List<Path> images() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return List.copyOf(
          new TreeSet<>(files.filter(file -> file.toString().endsWith(ImageFile.SUFFIX)).toList()));
    }
  }

  /** The place in the set of each training image. */
  private static int[] order() {
    List<Sample> samples = TestImages.samples(10, 2);
    List<Integer> sorted =
        IntStream.range(0, 10)
            .boxed()
            .sorted(Comparator.comparing(i -> place(samples.get(i))))
            .toList();
    return IntStream.range(0, 10).map(sorted::indexOf).toArray();
  }

  private static long place(Sample sample) {
    return SampleOrder.place(1, sample.image(), sample.label());
  }

  private static byte[] pixels(ImageTable table, int index) {
    byte[] pixels = new byte[TestImages.IMAGE_BYTES];
    table.pixels(index, pixels);
    return pixels;
  }
}
