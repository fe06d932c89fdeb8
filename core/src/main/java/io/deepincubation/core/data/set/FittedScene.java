package io.deepincubation.core.data.set;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;

/**
 * An image as a set keeps it, with what is annotated on it.
 *
 * @param image the image
 * @param kind what is annotated
 * @param annotation the bytes of a mask's PNG file, or of objects
 * @param facts of this one image
 */
public record FittedScene(FittedImage image, SceneKind kind, byte[] annotation, SceneFacts facts)
    implements Fitted {

  /** Whether there is anything to learn from it, as {@link SceneTable} has it. */
  int label() {
    return facts.classImages().isEmpty() ? SceneTable.EMPTY : SceneTable.LEARNT;
  }

  @Override
  public byte[] bytes() {
    return image.bytes();
  }

  @Override
  public ShardColumns columns() {
    return kind.columns();
  }

  @Override
  public List<byte[]> values() {
    return List.of(image.bytes(), annotation);
  }

  void writeTo(DataOutputStream out) throws IOException {
    out.writeUTF(kind.name());
    out.writeUTF(facts.toJson());
    out.writeInt(annotation.length);
    out.write(annotation);
    image.writeTo(out);
  }

  static FittedScene readFrom(DataInputStream in) throws IOException {
    SceneKind kind = SceneKind.valueOf(in.readUTF());
    SceneFacts facts = SceneFacts.fromJson(in.readUTF());
    byte[] annotation = in.readNBytes(in.readInt());
    return new FittedScene(FittedImage.readFrom(in), kind, annotation, facts);
  }
}
