package io.deepincubation.examples;

import io.deepincubation.core.data.augment.AugmentationSheet;
import io.deepincubation.core.data.source.ImageSource;
import io.deepincubation.core.data.source.SyntheticShapes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Draws what RandAugment's operations do to an image, as a PNG file: a row for each operation, with
 * the image as it is and then at low, middle and high magnitude, to one side and to the other.
 *
 * <p>Arguments: the file to write, then perhaps a JPEG or PNG file to show instead of a drawn one.
 */
public final class ShowAugmentations {

  private static final int SIDE = 96;

  private ShowAugmentations() {}

  /** Runs the example. */
  public static void main(String[] arguments) throws IOException {
    Path target = Path.of(arguments[0]);
    byte[] image = arguments.length > 1 ? Files.readAllBytes(Path.of(arguments[1])) : drawn();
    Files.write(target, AugmentationSheet.of(image).png());
    System.out.println("Rows of " + target + ": " + AugmentationSheet.names());
  }

  private static byte[] drawn() {
    return new SyntheticShapes(5, SIDE, 1, 1).samples(ImageSource.TRAIN).next().image();
  }
}
