package io.deepincubation.core.testing;

import io.deepincubation.core.data.pixels.Box;
import io.deepincubation.core.data.pixels.ImageCodec;
import io.deepincubation.core.data.pixels.Picture;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.random.RandomStream;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Decodes odd picture files, whole and then damaged, in a process of its own: a crash is one of it
 * alone. A file is decoded or refused with the documented exception; what is decoded of a PNG file
 * is what the JDK makes of it, where it makes something.
 */
public final class DecoderFuzz {

  private final long seed;
  private final List<OddPicture> pictures = OddPicture.all();
  private final DataOutputStream out;
  private int decoded;
  private int compared;

  private DecoderFuzz(long seed, OutputStream out) {
    this.seed = seed;
    this.out = new DataOutputStream(new BufferedOutputStream(out));
  }

  /**
   * Decodes files, and tells how many of them are images.
   *
   * @param args the seed, how many damaged files, and optionally where each file and its RGB are
   *     written, in the form of {@code golden/odd_jpegs.py} and with 0 rows where it was refused;
   *     names of damaged files begin with a number
   */
  public static void main(String[] args) throws IOException {
    Path file = args.length > 2 ? Path.of(args[2]) : Path.of("/dev/null");
    int count = Integer.parseInt(args[1]);
    try (var stream = Files.newOutputStream(file)) {
      var fuzz = new DecoderFuzz(Long.parseLong(args[0]), stream);
      for (OddPicture picture : fuzz.pictures) {
        fuzz.decode(picture.name(), picture.file());
      }
      for (int number = 0; number < count; number++) {
        fuzz.decodeDamaged(number);
      }
      fuzz.out.flush();
      System.out.printf(
          Locale.ROOT,
          "%d files, %d decoded, %d of them by the JDK too%n",
          fuzz.pictures.size() + count,
          fuzz.decoded,
          fuzz.compared);
    }
  }

  private void decodeDamaged(int number) throws IOException {
    RandomStream random = RandomStream.of(seed, number);
    OddPicture picture = pictures.get(random.nextInt(pictures.size()));
    decode(number + ": " + picture.name(), Damage.of(picture.file(), random));
  }

  private void decode(String name, byte[] file) throws IOException {
    try {
      Optional<Pixels> pixels = decoded(file);
      if (pixels.isPresent()) {
        decoded++;
        compare(file, pixels.get());
      }
      write(name, file, pixels);
    } catch (RuntimeException e) {
      throw new IllegalStateException("Cannot pass " + name, e);
    }
  }

  private static Optional<Pixels> decoded(byte[] file) {
    try {
      Pixels pixels = ImageCodec.decode(file);
      Picture picture = Picture.of(file);
      Box all = new Box(0, picture.height(), 0, picture.width());
      picture.part(all, 1);
      return Optional.of(pixels);
    } catch (IOException e) {
      String message = String.valueOf(e.getMessage());
      if (!message.startsWith("expected ")) {
        throw new IllegalStateException("Cannot understand a refusal: " + message, e);
      }
      return Optional.empty();
    } catch (UnfitDataException e) {
      throw new IllegalStateException("Cannot decode a part of what was decoded whole", e);
    }
  }

  private void compare(byte[] file, Pixels pixels) {
    Optional<Pixels> reference = JdkPng.decode(file);
    if (reference.isPresent()) {
      compared++;
      boolean same =
          reference.get().size().equals(pixels.size())
              && Arrays.equals(reference.get().values(), pixels.values());
      if (!same) {
        throw new IllegalStateException("expected the JDK's pixels");
      }
    }
  }

  private void write(String name, byte[] file, Optional<Pixels> pixels) throws IOException {
    byte[] letters = name.getBytes(StandardCharsets.UTF_8);
    out.writeInt(letters.length);
    out.write(letters);
    out.writeInt(file.length);
    out.write(file);
    Pixels found = pixels.orElse(new Pixels(new byte[0], 0, 0));
    out.writeInt(found.height());
    out.writeInt(found.width());
    for (int i = 0; i < found.plane(); i++) {
      for (int channel = 0; channel < ImageCodec.CHANNELS; channel++) {
        out.write(found.values()[channel * found.plane() + i]);
      }
    }
  }
}
