package io.deepincubation.core.data.set;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * A labelled sample as a set keeps it.
 *
 * @param content the image or text
 * @param label its class, from 0; of a scene whether there is anything to learn from it
 */
public record FittedSample(Fitted content, int label) {

  private static final int TEXT = 0;
  private static final int IMAGE = 1;
  private static final int SCENE = 2;

  /** A scene tells its label itself. */
  public FittedSample {
    label = content instanceof FittedScene scene ? scene.label() : label;
  }

  /** The sample for the wire. */
  public byte[] toBytes() {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      out.writeInt(label);
      out.writeByte(kind(content));
      if (content instanceof FittedImage image) {
        image.writeTo(out);
      } else if (content instanceof FittedScene scene) {
        scene.writeTo(out);
      } else {
        out.write(content.bytes());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static int kind(Fitted content) {
    if (content instanceof FittedScene) {
      return SCENE;
    }
    return content instanceof FittedImage ? IMAGE : TEXT;
  }

  /** Reads what {@link #toBytes} gave. */
  public static FittedSample fromBytes(byte[] bytes) {
    try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int label = in.readInt();
      return new FittedSample(
          switch (in.readByte()) {
            case SCENE -> FittedScene.readFrom(in);
            case IMAGE -> FittedImage.readFrom(in);
            default -> FittedText.of(in.readAllBytes());
          },
          label);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
