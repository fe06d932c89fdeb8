package io.deepincubation.core.data.pixels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.data.set.ImageFitting;
import io.deepincubation.core.testing.TestImages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class ImageHeaderTest {

  @Test
  void readsTheSizeOfJpegAndPngFiles() throws IOException {
    assertThat(ImageHeader.of(jpeg("progressive")))
        .isEqualTo(new ImageHeader(ImageHeader.Kind.JPEG, 45, 61));
    byte[] png = ImageCodec.encodePng(new Pixels(new byte[3 * 5 * 7], 5, 7));
    assertThat(ImageHeader.of(png)).isEqualTo(new ImageHeader(ImageHeader.Kind.PNG, 5, 7));
  }

  @Test
  void saysWhatItFoundInstead() {
    assertThatThrownBy(
            () -> ImageHeader.of("GIF89a...".getBytes(java.nio.charset.StandardCharsets.US_ASCII)))
        .isInstanceOf(IOException.class)
        .hasMessage("expected a PNG or JPEG file, got 9 other bytes, beginning with GIF8");
    assertThatThrownBy(() -> ImageHeader.of(Arrays.copyOf(jpeg("baseline"), 30)))
        .hasMessage("expected a JPEG file with a frame header, got one without");
    assertThatThrownBy(() -> ImageHeader.of(new byte[0]))
        .hasMessage("expected a PNG or JPEG file, got 0 other bytes");
  }

  @Test
  void refusesImagesOfTooManyPixelsBeforeAnyIsMade() {
    byte[] png = ImageCodec.encodePng(TestImages.image(1));
    ByteBuffer.wrap(png).putInt(16, 20_000).putInt(20, 20_000);
    String refusal = "expected at most 178956970 pixels, got 400000000";

    assertThatThrownBy(() -> Picture.of(png)).isInstanceOf(IOException.class).hasMessage(refusal);
    assertThatThrownBy(() -> ImageCodec.decode(png)).hasMessage(refusal);
    assertThatThrownBy(() -> ImageFitting.NONE.fit(png)).hasMessage(refusal);
  }

  @Test
  void refusesAHeaderThatItsRowsCannotFill() {
    byte[] png = ImageCodec.encodePng(TestImages.image(1));
    ByteBuffer header = ByteBuffer.wrap(png).putInt(16, 10_000).putInt(20, 10_000);
    var sum = new CRC32();
    sum.update(png, 12, 17);
    header.putInt(29, (int) sum.getValue());

    assertThatThrownBy(() -> ImageCodec.decode(png))
        .hasMessage("expected a whole image, got a damaged one: it ends before its last row");
  }

  @Test
  void refusesEveryCutOfAFileThatLosesPixels() throws IOException {
    byte[] file = jpeg("baseline");
    byte[] png = ImageCodec.encodePng(TestImages.image(1));
    int rowsEnd = png.length - 12 - 8; // its last 12 bytes are its end, 8 are checksums

    for (int length = 0; length < file.length; length++) {
      byte[] cut = Arrays.copyOf(file, length);
      assertThatThrownBy(() -> ImageCodec.decode(cut)).isInstanceOf(IOException.class);
    }
    for (int length = 0; length < rowsEnd; length++) {
      byte[] cut = Arrays.copyOf(png, length);
      assertThatThrownBy(() -> ImageCodec.decode(cut)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void tellsWhatLibjpegSaysOfADamagedFile() throws IOException {
    byte[] file = jpeg("baseline");
    byte[] cut = Arrays.copyOf(file, file.length - 2);

    assertThatThrownBy(() -> ImageCodec.decode(cut))
        .hasMessage("expected a whole image, got a damaged one: Premature end of JPEG file");
  }

  @Test
  void refusesCutAndDamagedFiles() throws IOException {
    byte[] file = jpeg("baseline");

    assertThatThrownBy(() -> ImageCodec.decode(Arrays.copyOf(file, file.length * 2 / 3)))
        .isInstanceOf(IOException.class);
    byte[] png = ImageCodec.encodePng(TestImages.image(1));
    assertThatThrownBy(() -> ImageCodec.decode(Arrays.copyOf(png, png.length * 2 / 3)))
        .isInstanceOf(IOException.class);
  }

  @Test
  void decodesTheSamePixelsAsTheJdk() throws IOException {
    for (String name : new String[] {"baseline", "progressive", "grey"}) {
      byte[] file = jpeg(name);
      int worst = 0;
      byte[] values = ImageCodec.decode(file).values();
      byte[] slow = SlowJpeg.decode(file).values();
      for (int i = 0; i < values.length; i++) {
        worst = Math.max(worst, Math.abs((values[i] & 0xFF) - (slow[i] & 0xFF)));
      }
      assertThat(worst).as(name).isLessThanOrEqualTo(3);
    }
  }

  @Test
  void givesAPartOfALargeJpegFileAtALowerResolution() throws IOException {
    EncodedPicture picture = EncodedPicture.of(jpeg("baseline"));
    Box box = new Box(4, 44, 8, 56);

    assertThat(picture.part(box, 32).size()).isEqualTo("40 x 48");
    assertThat(picture.part(box, 20).size()).isEqualTo("20 x 24");
    assertThat(picture.part(box, 5).size()).isEqualTo("5 x 6");
    assertThat(picture.part(box, 40).values()).isEqualTo(picture.pixels().part(box, 40).values());
  }

  private static byte[] jpeg(String name) throws IOException {
    try (var stream =
        ImageHeaderTest.class.getResourceAsStream("/golden/pillow-" + name + ".jpg")) {
      return Objects.requireNonNull(stream, name).readAllBytes();
    }
  }
}
