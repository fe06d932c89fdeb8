package io.deepincubation.core.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;

/**
 * The element types of a safetensors file. Weights are of those that {@link #isReadable can be
 * read} as floats; the others are of buffers beside them, or of quantized weights.
 */
enum Dtype {
  F32(4, true) {
    @Override
    void decode(ByteBuffer bytes, float[] values, int offset, int count) {
      bytes.asFloatBuffer().get(values, offset, count);
    }
  },
  F64(8, true) {
    @Override
    void decode(ByteBuffer bytes, float[] values, int offset, int count) {
      DoubleBuffer doubles = bytes.asDoubleBuffer();
      for (int i = 0; i < count; i++) {
        values[offset + i] = (float) doubles.get(i);
      }
    }
  },
  F16(2, true) {
    @Override
    void decode(ByteBuffer bytes, float[] values, int offset, int count) {
      ShortBuffer halves = bytes.asShortBuffer();
      for (int i = 0; i < count; i++) {
        values[offset + i] = fromHalf(halves.get(i));
      }
    }
  },
  BF16(2, true) {
    @Override
    void decode(ByteBuffer bytes, float[] values, int offset, int count) {
      ShortBuffer halves = bytes.asShortBuffer();
      for (int i = 0; i < count; i++) {
        values[offset + i] = Float.intBitsToFloat(halves.get(i) << 16);
      }
    }
  },
  I64(8, true) {
    @Override
    void decode(ByteBuffer bytes, float[] values, int offset, int count) {
      LongBuffer longs = bytes.asLongBuffer();
      for (int i = 0; i < count; i++) {
        values[offset + i] = longs.get(i);
      }
    }
  },
  I32(4, true) {
    @Override
    void decode(ByteBuffer bytes, float[] values, int offset, int count) {
      IntBuffer ints = bytes.asIntBuffer();
      for (int i = 0; i < count; i++) {
        values[offset + i] = ints.get(i);
      }
    }
  },
  BOOL(1, false),
  U8(1, false),
  I8(1, false),
  F8_E4M3(1, false),
  F8_E5M2(1, false),
  I16(2, false),
  U16(2, false),
  U32(4, false),
  U64(8, false);

  private static final float SMALLEST_HALF = 0x1p-24f;

  private final int bytes;
  private final boolean readable;

  Dtype(int bytes, boolean readable) {
    this.bytes = bytes;
    this.readable = readable;
  }

  /** Whether values become floats. */
  boolean isReadable() {
    return readable;
  }

  /** Bytes of one value. */
  int bytes() {
    return bytes;
  }

  /** Turns little-endian bytes, from the buffer's position on, into floats. */
  void decode(ByteBuffer bytes, float[] values, int offset, int count) {
    throw new IllegalStateException("Cannot read " + this + " as floats");
  }

  /** A view in the byte order of the format. */
  static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The value of an IEEE 754 half: 1 bit sign, 5 exponent, 10 fraction. */
  private static float fromHalf(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >> 10) & 0x1F;
    int fraction = half & 0x3FF;
    if (exponent == 0) {
      float size = fraction * SMALLEST_HALF;
      return sign == 0 ? size : -size;
    }
    int floatExponent = exponent == 0x1F ? 0xFF : exponent - 15 + 127;
    return Float.intBitsToFloat(sign | floatExponent << 23 | fraction << 13);
  }
}
