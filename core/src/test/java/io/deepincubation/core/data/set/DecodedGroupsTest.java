package io.deepincubation.core.data.set;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.data.augment.BatchKey;
import io.deepincubation.core.data.batch.Batch;
import io.deepincubation.core.data.batch.ClassTargets;
import io.deepincubation.core.data.batch.TrainingBatches;
import io.deepincubation.core.data.pixels.Box;
import io.deepincubation.core.data.pixels.EncodedPicture;
import io.deepincubation.core.data.pixels.ImageCodec;
import io.deepincubation.core.data.pixels.ImageHeader.Kind;
import io.deepincubation.core.data.pixels.Picture;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.data.pixels.Resampling;
import io.deepincubation.core.data.pixels.StoredPixels;
import io.deepincubation.core.data.source.ImageSource;
import io.deepincubation.core.data.source.Sample;
import io.deepincubation.core.recipe.AugmentationRecipe;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.core.testing.TestImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DecodedGroupsTest {

  private static final int SIDE = 16;
  private static final int IMAGES = 40;
  private static final long PLENTY = 1L << 30;

  /** A random part resized, flipped, with colours changed. */
  private static final AugmentationRecipe RECIPE =
      new AugmentationRecipe(0, true, true, 9, 0, 0, 0, 0.25, 1);

  private final Path data;
  private final Path cache;
  private final PreparedSet set;

  DecodedGroupsTest(@TempDir Path data, @TempDir Path cache) {
    this.data = data;
    this.cache = cache;
    var storage = new LocalStorage(data);
    new PreparedSetWriter(storage).write(new Photographs(), 1, 5);
    set = PreparedSet.open(storage);
  }

  /** JPEG and PNG images of sizes of their own, each seventh too large to be kept decoded. */
  private static final class Photographs implements ImageSource {

    @Override
    public List<String> classNames() {
      return List.of("ant", "bee");
    }

    @Override
    public List<String> splits() {
      return List.of(TRAIN);
    }

    @Override
    public long count(String split) {
      return IMAGES;
    }

    @Override
    public Iterator<Sample> samples(String split, long from, long to) {
      return IntStream.range((int) from, (int) to)
          .mapToObj(i -> new Sample(ImageCodec.encode(photograph(i), kind(i)), i % 2))
          .iterator();
    }

    @Override
    public int[] labels(String split) {
      return IntStream.range(0, IMAGES).map(i -> i % 2).toArray();
    }

    private static Kind kind(int number) {
      return number % 3 == 0 ? Kind.PNG : Kind.JPEG;
    }

    private static Pixels photograph(int number) {
      int height = number % 7 == 0 ? 2 * SIDE + number : SIDE + number % 13;
      return Resampling.resized(TestImages.image(number), height, height + number % 9);
    }
  }

  @Test
  void givesTheSamePixelsAndParts() {
    ImageTable encoded = table(PLENTY, LocalImageCache.Form.ENCODED);
    ImageTable decoded = table(PLENTY, LocalImageCache.Form.DECODED);

    for (int i = 0; i < IMAGES; i++) {
      Picture expected = encoded.image(i).picture();
      Picture picture = decoded.image(i).picture();
      assertThat(decoded.label(i)).isEqualTo(encoded.label(i));
      assertThat(picture.pixels().values()).isEqualTo(expected.pixels().values());
      var box = new Box(3, expected.height() - 2, 1, expected.width() - 4);
      assertThat(picture.part(box, SIDE).values()).isEqualTo(expected.part(box, SIDE).values());
    }
  }

  @Test
  void givesTheSameBatchesInTheSameOrder() {
    TrainingBatches encoded = batches(table(PLENTY, LocalImageCache.Form.ENCODED));
    TrainingBatches decoded = batches(table(PLENTY, LocalImageCache.Form.DECODED));
    TrainingBatches partly = batches(table(someRoom(), LocalImageCache.Form.DECODED));

    for (int epoch = 0; epoch < 2; epoch++) {
      for (int i = 0; i < encoded.batchesPerEpoch(); i++) {
        Batch expected = encoded.batch(epoch, i);
        assertThat(decoded.batch(epoch, i).inputs()).isEqualTo(expected.inputs());
        assertThat(decoded.batch(epoch, i).targets()).isEqualTo(expected.targets());
        assertThat(partly.batch(epoch, i).inputs()).isEqualTo(expected.inputs());
      }
    }
  }

  @Test
  void decodesOnceANode() throws IOException {
    readAll(table(PLENTY, LocalImageCache.Form.DECODED));
    deleteShards();

    ImageTable again = table(PLENTY, LocalImageCache.Form.DECODED);

    assertThat(readAll(again)).isEqualTo(IMAGES);
    assertThat(again.image(1).picture()).isInstanceOf(StoredPixels.class);
  }

  @Test
  void keepsImagesOfTwiceTheNetworksSizeAsFiles() {
    ImageTable table = table(PLENTY, LocalImageCache.Form.DECODED);

    for (int i = 0; i < IMAGES; i++) {
      Picture picture = table.image(i).picture();
      boolean large = Math.min(picture.height(), picture.width()) >= 2 * SIDE;
      assertThat(picture).isInstanceOf(large ? EncodedPicture.class : StoredPixels.class);
    }
  }

  @Test
  void keepsNoSecondCopyOfFilesAlone() throws IOException {
    ImageTable small =
        new LocalImageCache(cache, PLENTY).stream(set, "train", SIDE / 2, Runnable::run);

    assertThat(small.image(0).picture()).isInstanceOf(EncodedPicture.class);
    assertThat(readAll(small)).isEqualTo(IMAGES);
    assertThat(kept()).isEmpty();
  }

  @Test
  void makesAnewWhatTheDiskHasChanged() throws IOException {
    readAll(table(PLENTY, LocalImageCache.Form.DECODED));
    byte[] before = Files.readAllBytes(kept().get(0));
    byte[] changed = before.clone();
    changed[changed.length / 2]++;
    Files.write(kept().get(0), changed);

    readAll(table(PLENTY, LocalImageCache.Form.DECODED));

    assertThat(Files.readAllBytes(kept().get(0))).isEqualTo(before);
  }

  @Test
  void decodesAnewWhatWasDeletedInUse() throws IOException {
    ImageTable table = table(PLENTY, LocalImageCache.Form.DECODED);
    Picture picture = table.image(1).picture();
    byte[] expected = picture.pixels().values();
    for (Path file : kept()) {
      Files.delete(file);
    }

    assertThat(picture.pixels().values()).isEqualTo(expected);
    var box = new Box(2, 9, 3, 11);
    assertThat(picture.part(box, SIDE).values())
        .isEqualTo(
            table(PLENTY, LocalImageCache.Form.ENCODED)
                .image(1)
                .picture()
                .part(box, SIDE)
                .values());
  }

  @Test
  void keepsThePartOfTheSplitThatThereIsRoomFor() throws IOException {
    long room = someRoom();
    readAll(table(room, LocalImageCache.Form.DECODED));
    List<Path> first = kept();
    readAll(table(room, LocalImageCache.Form.DECODED));

    assertThat(kept()).isEqualTo(first);
    assertThat(first.size()).isBetween(1, set.shards("train").size() - 1);
    assertThat(first.stream().mapToLong(file -> file.toFile().length()).sum()).isLessThan(room);
  }

  /** Room for all files, and about half of the decoded images. */
  private long someRoom() {
    return 2 * set.index().bytes("train");
  }

  private ImageTable table(long room, LocalImageCache.Form form) {
    return new LocalImageCache(cache, room).keeping(form).stream(set, "train", SIDE, Runnable::run);
  }

  private static TrainingBatches batches(ImageTable table) {
    return TestImages.batches(
        table, RECIPE, new ClassTargets(2, 0.1), 8, new BatchKey(1, "meta", -1), 2);
  }

  private static int readAll(ImageTable table) {
    return (int)
        IntStream.range(0, table.size())
            .filter(i -> table.image(i).picture().pixels().height() > 0)
            .count();
  }

  private void deleteShards() throws IOException {
    try (Stream<Path> shards = Files.list(data.resolve("train"))) {
      for (Path shard : shards.toList()) {
        Files.delete(shard);
      }
    }
  }

  private List<Path> kept() throws IOException {
    try (Stream<Path> files = Files.list(cache)) {
      return files.filter(file -> file.toString().endsWith(DecodedFile.SUFFIX)).sorted().toList();
    }
  }
}
